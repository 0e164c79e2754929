/** How a value is encoded; the lowest three bits of a tag. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/**
 * Writes protobuf messages, field by field, into a text of one character per byte: V8 glues texts faster than small writes into a
 * buffer are, knows their lengths, and makes bytes of all of it at once.
 */
export class WireWriter {
  #bytes = "";

  text(field: number, value: string): void {
    this.binary(field, /[^ -~]/.test(value) ? Buffer.from(value, "utf8").toString("latin1") : value);
  }

  /** Bytes, as one character each. */
  binary(field: number, value: string): void {
    this.#bytes += varintText(field * 8 + WireType.bytes) + varintText(value.length) + value;
  }

  /** An int32 or a field number. */
  integer(field: number, value: number): void {
    this.tag(field, WireType.varint);
    if (value < 0) this.varint64(BigInt(value));
    else this.varint(value);
  }

  flag(field: number, value: boolean): void {
    this.tag(field, WireType.varint);
    this.varint(value ? 1 : 0);
  }

  /** Whatever `write` writes, with its length in front; nothing at all when that is nothing and `mayBeAbsent`. */
  message(field: number, write: (inner: WireWriter) => void, mayBeAbsent = false): void {
    const before = this.#bytes;
    this.#bytes = "";
    write(this);
    const inner = this.#bytes;
    this.#bytes = before;
    if (inner !== "" || !mayBeAbsent) this.binary(field, inner);
  }

  tag(field: number, type: (typeof WireType)[keyof typeof WireType]): void {
    this.varint(field * 8 + type);
  }

  /** @param value from 0 to 2^53 - 1 */
  varint(value: number): void {
    this.#bytes += varintText(value);
  }

  /** The lowest 64 bits of any integer. */
  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.#bytes += String.fromCharCode(Number(rest & 127n) | 128);
    this.#bytes += String.fromCharCode(Number(rest));
  }

  /** The lowest 32 bits of any integer. */
  fixed32(value: bigint): void {
    this.#fixed(4, (view) => view.setUint32(0, Number(BigInt.asUintN(32, value)), true));
  }

  /** The lowest 64 bits of any integer. */
  fixed64(value: bigint): void {
    this.#fixed(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, value), true));
  }

  float(value: number): void {
    this.#fixed(4, (view) => view.setFloat32(0, value, true));
  }

  double(value: number): void {
    this.#fixed(8, (view) => view.setFloat64(0, value, true));
  }

  /** All that was written. */
  finish(): Uint8Array {
    return Uint8Array.from(Buffer.from(this.#bytes, "latin1"));
  }

  #fixed(length: 4 | 8, set: (view: DataView) => void): void {
    const bytes = new Uint8Array(length);
    set(new DataView(bytes.buffer));
    this.#bytes += String.fromCharCode(...bytes);
  }
}

function varintText(value: number): string {
  if (value < 128) return String.fromCharCode(value);
  let text = "";
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest % 128) | 128);
  return text + String.fromCharCode(rest);
}
