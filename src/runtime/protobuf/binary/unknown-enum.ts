import { keepUnknown } from "./unknown.ts";
import { writeInt32, writeVarint } from "./write-varint.ts";

/** Keeps a number that a closed enum does not know, as the record it would have been on its own. */
export function keepUnknownEnum(kept: Uint8Array | undefined, number: number, value: number): Uint8Array {
  const record = new Uint8Array(15);
  return keepUnknown(kept, record, 0, writeInt32(value, record, writeVarint((number << 3) >>> 0, record, 0)));
}
