import { noRoom, SLACK } from "./room.ts";
import { writeVarint, wrong } from "./write-varint.ts";

/** A copy: the message may outlive the buffer it came in. */
export function readBytes(b: Uint8Array, start: number, end: number): Uint8Array {
  const n = end - start;
  const copy = new Uint8Array(n);
  if (n > 64) copy.set(b.subarray(start, end));
  else for (let i = 0; i < n; i++) copy[i] = b[start + i] as number;
  return copy;
}

/** Writes bytes as they are: fields kept from a newer schema. */
export function writeRaw(v: Uint8Array, b: Uint8Array, p: number): number {
  if (p + v.length + SLACK > b.length) noRoom();
  b.set(v, p);
  return p + v.length;
}

/** Writes the length and the bytes of `v`. */
export function writeBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) wrong("Uint8Array", v);
  const n = v.length;
  if (p + 5 + n + SLACK > b.length) noRoom();
  const start = writeVarint(n, b, p);
  if (n > 32) b.set(v, start);
  else for (let i = 0; i < n; i++) b[start + i] = v[i] as number;
  return start + n;
}
