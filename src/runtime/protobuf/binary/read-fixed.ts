import { f32, f64, HIGH, i32, i64, LOW, u64 } from "./state.ts";

/** The fixed-size readers return garbage past the end; the caller's check of the end position finds it. */
export function readSfixed32(b: Uint8Array, p: number): number {
  return (
    (b[p] as number) |
    ((b[p + 1] as number) << 8) |
    ((b[p + 2] as number) << 16) |
    ((b[p + 3] as number) << 24)
  );
}

export function readFixed32(b: Uint8Array, p: number): number {
  return readSfixed32(b, p) >>> 0;
}

export function readSfixed64(b: Uint8Array, p: number): bigint {
  i32[LOW] = readSfixed32(b, p);
  i32[HIGH] = readSfixed32(b, p + 4);
  return i64[0] as bigint;
}

export function readFixed64(b: Uint8Array, p: number): bigint {
  i32[LOW] = readSfixed32(b, p);
  i32[HIGH] = readSfixed32(b, p + 4);
  return u64[0] as bigint;
}

export function readFloat(b: Uint8Array, p: number): number {
  i32[0] = readSfixed32(b, p);
  return f32[0] as number;
}

// What doubles were read from last, how many, and later a view of it. Longer arrays are not held on to.
const LONGEST = 1 << 20;
let source: Uint8Array | undefined;
let doubles = 0;
let view: DataView | undefined;

/**
 * A processor waits for two halves to become one number, a view reads all of it at once; but to make one takes as long as
 * reading eight.
 */
export function readDouble(b: Uint8Array, p: number): number {
  if (view !== undefined && b === source && p + 8 <= b.length) return view.getFloat64(p, true);
  if (b !== source) {
    source = b.length > LONGEST ? undefined : b;
    doubles = 0;
    view = undefined;
  } else if (++doubles === 8) view = new DataView(b.buffer, b.byteOffset, b.length);
  i32[LOW] = readSfixed32(b, p);
  i32[HIGH] = readSfixed32(b, p + 4);
  return f64[0] as number;
}
