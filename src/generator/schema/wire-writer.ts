/** How a value is encoded; the lowest three bits of a tag. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** Of a length that is not known yet; nearly all are short. */
const lengthBytes = 1;

/** Writes protobuf messages, field by field, into memory that grows. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  text(field: number, value: string): void {
    this.message(field, () => {
      // The most that UTF-8 needs.
      this.#reserve(value.length * 3);
      this.#at += this.#bytes.write(value, this.#at);
    });
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

  bytes(field: number, value: Uint8Array): void {
    this.tag(field, WireType.bytes);
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** Whatever `write` writes, with its length in front; nothing at all when that is nothing and `mayBeAbsent`. */
  message(field: number, write: (inner: WireWriter) => void, mayBeAbsent = false): void {
    const before = this.#at;
    this.tag(field, WireType.bytes);
    this.#reserve(lengthBytes);
    const start = this.#at + lengthBytes;
    this.#at = start;
    write(this);
    const end = this.#at;
    const length = end - start;
    if (length === 0 && mayBeAbsent) {
      this.#at = before;
      return;
    }
    this.#at = start - lengthBytes;
    if (length > 127) {
      const moved = this.#at + varintLength(length);
      this.#reserve(moved + length - this.#at);
      this.#bytes.copyWithin(moved, start, end);
    }
    this.varint(length);
    this.#at += length;
  }

  tag(field: number, type: (typeof WireType)[keyof typeof WireType]): void {
    this.varint(field * 8 + type);
  }

  /** @param value from 0 to 2^53 - 1 */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) | 128;
    this.#bytes[this.#at++] = rest;
  }

  /** The lowest 64 bits of any integer. */
  varint64(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 127n) | 128;
    this.#bytes[this.#at++] = Number(rest);
  }

  /** The lowest 32 bits of any integer. */
  fixed32(value: bigint): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(Number(BigInt.asUintN(32, value)), this.#at);
  }

  /** The lowest 64 bits of any integer. */
  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** A copy of all that was written. */
  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, this.#at));
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#at + count, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length += 1;
  return length;
}
