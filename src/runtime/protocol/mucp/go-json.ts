import type { Codec } from "../../codec/index.ts";
import { type Dispatcher, servedCodec } from "../dispatcher.ts";

/**
 * A JSON codec that reads what go-micro's mucp writes: v1 and v2 write Go structs (names of the .proto, numbers for enums
 * and 64-bit integers, times as objects), v5 writes ProtoJSON. All of them read ProtoJSON.
 */
export function goJson(codec: Codec): Codec {
  return {
    name: codec.name,
    marshal: codec.marshal,
    unmarshal: (type, bytes, options) =>
      codec.unmarshal(type, withQuotedIntegers(bytes), { ...options, timesAsObjects: true }),
  };
}

/** The codec of a body on a server: see {@link servedCodec}; for JSON, one that reads Go's. */
export function servedGoCodec(codec: Codec, dispatcher: Dispatcher): Codec {
  const served = servedCodec(codec, dispatcher);
  return served.name === "json" ? goJson(served) : served;
}

const LONG = /\d{16}/;
/** Strings and numbers, each in one piece; linear for any text. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[\d.eE+-]*/gs;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * `{"n":9007199254740993}` -> `{"n":"9007199254740993"}`: JavaScript reads a number of that size as its neighbour, while a
 * string keeps its digits, and ProtoJSON takes either for a number.
 */
function withQuotedIntegers(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (!LONG.test(text)) return bytes;
  return Buffer.from(
    text.replace(TOKENS, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)),
    "latin1",
  );
}
