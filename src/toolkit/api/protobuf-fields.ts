/** One field as it lies on the wire. */
export interface Field {
  readonly number: number;
  /** Value of a varint field; 0 for others. */
  readonly varint: bigint;
  /** Content of a length-delimited field; empty for others. */
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();

/** Writes fields in the given order: text and bytes length-delimited, numbers as varint. Defaults (`""`, 0) are left out. */
export function writeFields(
  fields: readonly (readonly [number: number, value: string | number | Uint8Array])[],
): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (value === "" || value === 0) continue;
    if (typeof value === "number") {
      chunks.push(varint(BigInt(number << 3)), varint(BigInt.asUintN(64, BigInt(value))));
      continue;
    }
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    chunks.push(varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads the fields of a message; fixed-size ones are skipped. Throws RangeError for bytes that are no message. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let position = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) throw new RangeError("message ends inside a number");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("number is longer than 64 bits");
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - position) throw new RangeError("message ends inside a field");
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = readVarint();
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0:
        fields.push({ number, varint: readVarint(), bytes: NOTHING });
        break;
      case 1:
        take(8);
        break;
      case 2:
        fields.push({ number, varint: 0n, bytes: take(Number(readVarint())) });
        break;
      case 5:
        take(4);
        break;
      default:
        throw new RangeError(`wire type ${tag & 7n} is not supported`);
    }
  }
  return fields;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
