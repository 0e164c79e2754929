import { raw } from "./node-buffer.ts";
import { noRoom, SLACK } from "./room.ts";

/** Writes the UTF-8 bytes of `s`; half a surrogate pair becomes U+FFFD. */
export function writeUtf8(s: string, b: Uint8Array, p: number): number {
  const most = s.length > 1024 ? Buffer.byteLength(s) : s.length * 3;
  // utf8Write stops at the end of the buffer without a word, so the room must be certain.
  if (p + most + SLACK > b.length) noRoom();
  return p + raw.utf8Write.call(b, s, p, most);
}
