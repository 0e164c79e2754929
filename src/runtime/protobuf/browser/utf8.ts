import { noRoom, SLACK } from "../binary/room.ts";

/** Writes the UTF-8 bytes of `s`; half a surrogate pair becomes U+FFFD. */
export function writeUtf8(s: string, b: Uint8Array, p: number): number {
  const bytes = new TextEncoder().encode(s);
  if (p + bytes.length + SLACK > b.length) noRoom();
  b.set(bytes, p);
  return p + bytes.length;
}
