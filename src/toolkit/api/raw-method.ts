import { type Endpoint, type JsonMethod, jsonMethod } from "@micro-service/runtime";
import type { Idempotency, MessageType, UnaryMethod } from "@micro-service/runtime/protobuf";

const noJson = (): never => {
  throw new TypeError("raw bytes have no JSON form: call with content type application/protobuf");
};

/** A message as the bytes it arrived in, unread. */
const RawBytes: MessageType<Uint8Array> = {
  typeName: "",
  create: (bytes = new Uint8Array()) => bytes as Uint8Array,
  encode: (bytes) => bytes as Uint8Array,
  decode: (bytes, start = 0, end = bytes.length) => bytes.slice(start, end),
  toJson: noJson,
  fromJson: noJson,
  toJsonString: noJson,
  fromJsonString: noJson,
};

/** What the registry says of an endpoint: whether a call that may have arrived can be sent again. */
export function idempotencyOf(record: Endpoint | undefined): Idempotency {
  const said = record?.metadata.idempotency;
  return said === "noSideEffects" || said === "idempotent" ? said : "unknown";
}

/** `Greeter.Hello` as a method whose messages are protobuf bytes passed through. */
export function rawMethod(endpoint: string): UnaryMethod<Uint8Array, Uint8Array> {
  return withTypes(endpoint, RawBytes, RawBytes);
}

/** `Greeter.Hello` as a method with the given messages. */
export function withTypes<I, O>(
  endpoint: string,
  input: MessageType<I>,
  output: MessageType<O>,
): UnaryMethod<I, O> {
  const method: JsonMethod<"unary"> = jsonMethod(endpoint);
  return { ...method, input, output };
}
