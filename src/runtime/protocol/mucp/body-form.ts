import { type Codec, codecOf, jsonCodec, protobufCodec } from "../../codec/index.ts";
import { badRequest, MicroError, messageOf } from "../../errors/index.ts";
import { Request, Response } from "./gen/protorpc.ts";

/** What some forms say in the body besides the message. */
export interface Envelope {
  /** `Greeter.Hello`. */
  readonly endpoint: string;
  readonly id: string;
  /** Text of the error, empty for none. */
  readonly error: string;
}

/** The message of a request, and what its body said besides; empty where the form has no place for it. */
export interface OpenedBody {
  readonly message: Uint8Array;
  readonly endpoint: string;
  readonly id: string;
}

/** How a content type puts a message into a body (go-micro's `codec/*`). */
export interface BodyForm {
  readonly codec: Codec;
  /** Throws MicroError 400 for a body that has not this form. */
  open(body: Buffer): OpenedBody;
  /** The body of an answer. Without a message it is that of an error or of the end of a stream. */
  close(message: Uint8Array | undefined, envelope: Envelope): Uint8Array;
}

const NOTHING = new Uint8Array(0);

const bare = (codec: Codec): BodyForm => ({
  codec,
  open: (message) => ({ message, endpoint: "", id: "" }),
  close: (message) => message ?? NOTHING,
});

/** `application/proto-rpc`: envelope and message, each behind its length in four bytes. */
const protoRpc: BodyForm = {
  codec: protobufCodec,
  open(body) {
    const { first, second } = twoParts(body);
    const { serviceMethod, seq } = protobufCodec.unmarshal(Request, first);
    return { message: second, endpoint: serviceMethod, id: String(seq) };
  },
  close(message, { endpoint, id, error }) {
    const seq = /^\d{1,18}$/.test(id) ? BigInt(id) : 0n;
    const envelope = Response.encode({ serviceMethod: endpoint, seq, error });
    return Buffer.concat([behindLength(envelope), behindLength(message ?? NOTHING)]);
  },
};

/** `application/json-rpc`: `{"method":"Greeter.Hello","params":[{...}],"id":"1"}` -> `{"id":"1","result":{...},"error":null}`. */
const jsonRpc: BodyForm = {
  codec: jsonCodec,
  open(body) {
    const request = parseObject(body);
    const [message] = Array.isArray(request.params) ? request.params : [];
    return {
      message: Buffer.from(JSON.stringify(message ?? {})),
      endpoint: typeof request.method === "string" ? request.method : "",
      id: String(request.id ?? ""),
    };
  },
  close(message, { id, error }) {
    const result = message === undefined ? "null" : Buffer.from(message).toString();
    return Buffer.from(
      `{"id":${JSON.stringify(id)},"result":${result},"error":${error === "" ? "null" : JSON.stringify(error)}}\n`,
    );
  },
};

/** `application/grpc*`: gRPC's prefix of a zero byte and the length; an empty body is an empty message. */
const grpcLike = (codec: Codec): BodyForm => ({
  codec,
  open(body) {
    if (body.length === 0) return { message: body, endpoint: "", id: "" };
    if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5)
      throw malformed("gRPC frame");
    return { message: body.subarray(5), endpoint: "", id: "" };
  },
  close: (message) =>
    message === undefined ? NOTHING : Buffer.concat([Uint8Array.of(0), behindLength(message)]),
});

const FORMS: ReadonlyMap<string, BodyForm> = new Map([
  ["application/protobuf", bare(protobufCodec)],
  ["application/octet-stream", bare(protobufCodec)],
  ["application/json", bare(jsonCodec)],
  ["application/proto-rpc", protoRpc],
  ["application/json-rpc", jsonRpc],
  ["application/grpc", grpcLike(protobufCodec)],
  ["application/grpc+proto", grpcLike(protobufCodec)],
  ["application/grpc+json", grpcLike(jsonCodec)],
]);

/** What callers from before go-micro 1.0 mean, who say nothing of the call in the header. */
const OLD_FORMS: ReadonlyMap<string, BodyForm> = new Map([
  ["application/json", jsonRpc],
  ["application/protobuf", protoRpc],
  ["application/octet-stream", protoRpc],
]);

/** The form of a content type, parameters ignored. Throws MicroError 415 for others. */
export function bodyFormOf(contentType: string, isOld: boolean, errorId: string): BodyForm {
  const name = (contentType.split(";", 1)[0] as string).trim().toLowerCase();
  const known = (isOld ? OLD_FORMS.get(name) : undefined) ?? FORMS.get(name);
  if (known !== undefined) return known;
  const codec = codecOf(name);
  if (codec !== undefined) return bare(codec);
  const detail = `Unsupported Content-Type: ${contentType.slice(0, 80)}`;
  throw new MicroError({ id: errorId, code: 415, status: "Unsupported Media Type", detail });
}

function twoParts(body: Buffer): { first: Buffer; second: Buffer } {
  const firstEnd = body.length < 4 ? -1 : 4 + body.readUInt32BE(0);
  if (firstEnd < 4 || firstEnd > body.length) throw malformed("envelope");
  const first = body.subarray(4, firstEnd);
  // A caller with an empty message may leave out the second part.
  if (firstEnd === body.length) return { first, second: body.subarray(firstEnd) };
  if (body.length < firstEnd + 4 || firstEnd + 4 + body.readUInt32BE(firstEnd) !== body.length)
    throw malformed("message");
  return { first, second: body.subarray(firstEnd + 4) };
}

function behindLength(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function parseObject(body: Buffer): { method?: unknown; params?: unknown; id?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null) return value;
  } catch (cause) {
    throw malformed(`JSON (${messageOf(cause)})`);
  }
  throw malformed("JSON");
}

function malformed(what: string): MicroError {
  return badRequest("go.micro.codec", `the request body holds no whole ${what}`);
}
