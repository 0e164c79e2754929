/**
 * Base64 in pieces -> bytes in pieces. Padding may stand at the end of any group of four, because peers encode what
 * they send piece by piece.
 */
export class Base64Decoder {
  #rest = "";

  /** True when nothing of an unfinished group is left. */
  get isComplete(): boolean {
    return this.#rest === "";
  }

  /** Undefined when the text is no base64. */
  push(chunk: Uint8Array): Buffer | undefined {
    const text = this.#rest + Buffer.from(chunk).toString("latin1");
    const end = text.length - (text.length % 4);
    this.#rest = text.slice(end);
    const whole = text.slice(0, end);
    if (!GROUPS.test(whole)) return undefined;
    if (!whole.includes("=")) return Buffer.from(whole, "base64");
    const parts: Buffer[] = [];
    for (let at = 0; at < end; ) {
      const padding = whole.indexOf("=", at);
      const next = padding < 0 ? end : padding - (padding % 4) + 4;
      parts.push(Buffer.from(whole.slice(at, next), "base64"));
      at = next;
    }
    return Buffer.concat(parts);
  }
}

const GROUPS = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)*$/;
