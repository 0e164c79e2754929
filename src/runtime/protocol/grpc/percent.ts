/** Text -> `grpc-message`: UTF-8, everything outside printable ASCII and `%` itself percent-encoded. */
export function encodeGrpcMessage(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  let out = "";
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    out += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** `grpc-message` -> text. What is not valid percent-encoding stays as it is: peers get this wrong. */
export function decodeGrpcMessage(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = Buffer.from(text, "latin1");
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes.toString("latin1", i + 1, i + 3);
    if (bytes[i] === 0x25 && /^[0-9a-fA-F]{2}$/.test(hex)) {
      out[length++] = Number.parseInt(hex, 16);
      i += 2;
    } else {
      out[length++] = bytes[i] as number;
    }
  }
  return out.toString("utf8", 0, length);
}
