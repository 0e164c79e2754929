import type { CallOptions, Client } from "../../../src/runtime/client/index.ts";
import type {
  MessageInit,
  MessageType,
  ServiceType,
  UnaryMethod,
} from "../../../src/runtime/protobuf/index.ts";

/** The greeter without generated code: messages with one field, JSON on every wire. */
export interface Text {
  text: string;
}

const parse = (text: string): Text => ({ text: "", ...(JSON.parse(text) as Partial<Text>) });

export const Text: MessageType<Text> = {
  typeName: "greeter.Text",
  create: (init) => ({ text: init?.text ?? "" }),
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes, start = 0, end = bytes.length) => parse(Buffer.from(bytes.subarray(start, end)).toString()),
  toJson: (message) => ({ text: message.text ?? "" }),
  fromJson: (json) => parse(JSON.stringify(json)),
  toJsonString: (message) => JSON.stringify({ text: message.text ?? "" }),
  fromJsonString: parse,
};

const method = (name: string): UnaryMethod<Text, Text> => ({
  name,
  kind: "unary",
  service: "greeter.Greeter",
  input: Text,
  output: Text,
  idempotency: "noSideEffects",
});

export const Greeter: ServiceType<{ hello: UnaryMethod<Text, Text>; fail: UnaryMethod<Text, Text> }> = {
  typeName: "greeter.Greeter",
  methods: {
    hello: { ...method("Hello"), http: [{ method: "POST", path: "/v1/hello", body: "*" }] },
    fail: method("Fail"),
  },
};

export function createGreeterClient(client: Client, service: string) {
  return {
    hello: (request: MessageInit<Text>, options?: CallOptions) =>
      client.unary(service, Greeter.methods.hello, request, options),
    fail: (request: MessageInit<Text>, options?: CallOptions) =>
      client.unary(service, Greeter.methods.fail, request, options),
  };
}
