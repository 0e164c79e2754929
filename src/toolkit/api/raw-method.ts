import { type Endpoint, type JsonMethod, jsonMethod } from "@micro-service/runtime";
import type { Idempotency, MessageType, UnaryMethod } from "@micro-service/runtime/protobuf";
import type { Target } from "./gateway-context.ts";

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

/** The methods behind endpoints, as a handler calls them. */
export interface RpcMethods {
  json(target: Target): UnaryMethod<string, string>;
  protobuf(target: Target): UnaryMethod<Uint8Array, Uint8Array>;
}

/** Endpoints of services that do not list theirs come from URLs: only so many are remembered. */
const MOST_METHODS = 1000;

/** Makes each method once: what a client knows of a method it finds again by the method itself. */
export function createRpcMethods(): RpcMethods {
  const remembered = <M>(make: (endpoint: string, idempotency: Idempotency) => M) => {
    const known = new Map<string, M>();
    return ({ endpoint, record }: Target): M => {
      const idempotency = idempotencyOf(record);
      const key = `${idempotency} ${endpoint}`;
      let method = known.get(key);
      if (method === undefined) {
        if (known.size >= MOST_METHODS) known.clear();
        method = make(endpoint, idempotency);
        known.set(key, method);
      }
      return method;
    };
  };
  return {
    json: remembered((endpoint, idempotency) => ({ ...jsonMethod(endpoint), idempotency })),
    protobuf: remembered((endpoint, idempotency) => ({ ...rawMethod(endpoint), idempotency })),
  };
}

/** `Greeter.Hello` as a method whose messages are protobuf bytes passed through. */
function rawMethod(endpoint: string): UnaryMethod<Uint8Array, Uint8Array> {
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
