import { raw } from "../binary/node-buffer.ts";
import { noRoom, SLACK } from "../binary/room.ts";
import { wrong } from "../binary/write-varint.ts";
import { writeQuoted } from "./write.ts";

const BASE64: Uint8Array = /* @__PURE__ */ Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);

/** Base64 with padding. */
export function writeJsonBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) wrong("Uint8Array", v);
  const n = v.length;
  if (n > 48) return writeQuoted(raw.base64Slice.call(v, 0, n), b, p);
  if (p + 66 + SLACK > b.length) noRoom();
  b[p++] = 34;
  for (let i = 0; i < n; i += 3) {
    // Past the end there is undefined, which counts as 0.
    const word = ((v[i] as number) << 16) | ((v[i + 1] as number) << 8) | (v[i + 2] as number);
    b[p] = BASE64[word >> 18] as number;
    b[p + 1] = BASE64[(word >> 12) & 63] as number;
    b[p + 2] = i + 1 < n ? (BASE64[(word >> 6) & 63] as number) : 61;
    b[p + 3] = i + 2 < n ? (BASE64[word & 63] as number) : 61;
    p += 4;
  }
  b[p] = 34;
  return p + 1;
}
