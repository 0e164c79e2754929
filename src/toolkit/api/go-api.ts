import type { JsonValue, MessageInit, MessageType } from "@micro-service/runtime/protobuf";
import { type Field, readFields, writeFields } from "./protobuf-fields.ts";

/**
 * The messages of handler `api` (go-micro `api/proto/api.proto`, package `go.api`). Written by hand: the toolkit needs
 * these three and no generator.
 */
export interface Pair {
  key: string;
  values: string[];
}

/** An HTTP request as handlers of kind `api` get it. */
export interface ApiRequest {
  method: string;
  path: string;
  header: Record<string, Pair>;
  get: Record<string, Pair>;
  post: Record<string, Pair>;
  body: string;
  url: string;
}

/** What they answer. */
export interface ApiResponse {
  statusCode: number;
  header: Record<string, Pair>;
  body: string;
}

export const ApiRequestType: MessageType<ApiRequest> = messageType("go.api.Request", {
  create: (init = {}) => ({
    method: init.method ?? "",
    path: init.path ?? "",
    header: pairsOf(init.header),
    get: pairsOf(init.get),
    post: pairsOf(init.post),
    body: init.body ?? "",
    url: init.url ?? "",
  }),
  encode: (request) =>
    writeFields([
      [1, request.method],
      [2, request.path],
      ...writeMap(3, request.header),
      ...writeMap(4, request.get),
      ...writeMap(5, request.post),
      [6, request.body],
      [7, request.url],
    ]),
  decode: (fields) => ({
    method: text(fields, 1),
    path: text(fields, 2),
    header: readMap(fields, 3),
    get: readMap(fields, 4),
    post: readMap(fields, 5),
    body: text(fields, 6),
    url: text(fields, 7),
  }),
});

export const ApiResponseType: MessageType<ApiResponse> = messageType("go.api.Response", {
  create: (init = {}) => ({
    statusCode: init.statusCode ?? 0,
    header: pairsOf(init.header),
    body: init.body ?? "",
  }),
  encode: (response) =>
    writeFields([[1, response.statusCode], ...writeMap(2, response.header), [3, response.body]]),
  decode: (fields) => ({
    // int32 travels as 64 bits, sign extended.
    statusCode: Number(BigInt.asIntN(32, fields.findLast((field) => field.number === 1)?.varint ?? 0n)),
    header: readMap(fields, 2),
    body: text(fields, 3),
  }),
});

interface Parts<T> {
  create(init?: Partial<T>): T;
  encode(message: T): Uint8Array;
  decode(fields: readonly Field[]): T;
}

/** All fields are strings, numbers and maps of Pair: their ProtoJSON is the object itself, defaults included. */
function messageType<T>(typeName: string, parts: Parts<T>): MessageType<T> {
  const create = (init?: MessageInit<T>): T => parts.create(init as Partial<T> | undefined);
  const fromJson = (json: JsonValue): T => parts.create(json as unknown as Partial<T>);
  return {
    typeName,
    create,
    encode: (message) => parts.encode(create(message)),
    decode: (bytes, start = 0, end = bytes.length) => parts.decode(readFields(bytes.subarray(start, end))),
    toJson: (message) => create(message) as unknown as JsonValue,
    fromJson,
    toJsonString: (message) => JSON.stringify(create(message)),
    fromJsonString: (json) => fromJson(JSON.parse(json) as JsonValue),
  };
}

function pairsOf(init: Readonly<Record<string, Partial<Pair> | undefined>> = {}): Record<string, Pair> {
  const result = Object.create(null) as Record<string, Pair>;
  for (const [name, pair] of Object.entries(init)) {
    result[name] = { key: pair?.key ?? "", values: [...(pair?.values ?? [])] };
  }
  return result;
}

/** A map is repeated entries of key (1) and value (2). */
function writeMap(number: number, map: Record<string, Pair>): [number, Uint8Array][] {
  return Object.entries(map).map(([name, { key, values }]) => [
    number,
    writeFields([
      [1, name],
      [2, writeFields([[1, key], ...values.map((value): [number, string] => [2, value])])],
    ]),
  ]);
}

function readMap(fields: readonly Field[], number: number): Record<string, Pair> {
  const result = Object.create(null) as Record<string, Pair>;
  for (const field of fields) {
    if (field.number !== number) continue;
    const entry = readFields(field.bytes);
    const pair = readFields(entry.findLast((part) => part.number === 2)?.bytes ?? new Uint8Array());
    result[text(entry, 1)] = {
      key: text(pair, 1),
      values: pair
        .filter((part) => part.number === 2)
        .map((part) => Buffer.from(part.bytes).toString("utf8")),
    };
  }
  return result;
}

function text(fields: readonly Field[], number: number): string {
  const bytes = fields.findLast((field) => field.number === number)?.bytes;
  return bytes === undefined ? "" : Buffer.from(bytes).toString("utf8");
}
