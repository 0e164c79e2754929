/** A value that its field's type does not have. */
export function wrong(type: string, value: unknown): never {
  throw new (typeof value === "number" || typeof value === "bigint" ? RangeError : TypeError)(
    `${String(value)} is no ${type}`,
  );
}

/** Writes `v`, which must be a uint32, as a varint. */
export function writeVarint(v: number, b: Uint8Array, p: number): number {
  while (v > 127) {
    b[p++] = (v & 127) | 128;
    v >>>= 7;
  }
  b[p++] = v;
  return p;
}

export function writeInt32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) wrong("int32", v);
  if (v >= 0) return writeVarint(v, b, p);
  // Negative numbers are sign-extended to 64 bits.
  for (let i = 0; i < 9; i++) {
    b[p++] = (v & 127) | 128;
    v >>= 7;
  }
  b[p] = 1;
  return p + 1;
}
