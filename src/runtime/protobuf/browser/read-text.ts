import { truncated } from "../binary/read-varint.ts";
import { DecodeError } from "../errors.ts";

const strict = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads UTF-8 from `p` to `end`; what is no UTF-8 is a DecodeError. */
export function readString(b: Uint8Array, p: number, end: number): string {
  // A length of one byte was not checked.
  if (end > b.length) truncated();
  try {
    return strict.decode(b.subarray(p, end));
  } catch {
    throw new DecodeError("string is not valid UTF-8");
  }
}

/** As readString; invalid bytes become U+FFFD (proto2, where nobody promised UTF-8). */
export function readStringUnchecked(b: Uint8Array, p: number, end: number): string {
  if (end > b.length) truncated();
  return lenient.decode(b.subarray(p, end));
}
