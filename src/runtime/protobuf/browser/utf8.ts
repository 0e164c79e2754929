import { noRoom, SLACK } from "../binary/room.ts";

/** Writes the UTF-8 bytes of `s`; half a surrogate pair becomes U+FFFD. */
export function writeUtf8(s: string, b: Uint8Array, p: number): number {
  if (p + s.length * 3 + SLACK > b.length) noRoom();
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c > 127) return p + new TextEncoder().encodeInto(s, b.subarray(p)).written;
    b[p + i] = c;
  }
  return p + s.length;
}
