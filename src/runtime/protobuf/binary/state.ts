/**
 * How the helpers hand a second result back to generated code without allocating. Only valid until the next call of a
 * helper; nothing reads it across calls.
 */
export const cursor: {
  /** Position behind the varint that was read last. While JSON is read: the position to read at. */
  p: number;
  /** Where the value of the `@type` stands that must not be mistaken for a field; -1 for nowhere. */
  any: number;
} = { p: 0, any: -1 };

/** Nesting that messages and JSON may have, as in protobuf's own implementations. */
export const MAX_DEPTH = 100;

// One 8-byte cell seen as every number type: the cheapest way between numbers and bytes.
const cell: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(8);
export const f64: Float64Array = /* @__PURE__ */ new Float64Array(cell);
export const f32: Float32Array = /* @__PURE__ */ new Float32Array(cell);
export const i32: Int32Array = /* @__PURE__ */ new Int32Array(cell);
export const u8: Uint8Array = /* @__PURE__ */ new Uint8Array(cell);
export const i64: BigInt64Array = /* @__PURE__ */ new BigInt64Array(cell);
export const u64: BigUint64Array = /* @__PURE__ */ new BigUint64Array(cell);

/** The wire is little-endian; s390x is not. */
export const BIG_ENDIAN: boolean = /* @__PURE__ */ (() =>
  new Uint8Array(new Uint16Array([1]).buffer)[0] === 0)();
export const LOW: 0 | 1 = BIG_ENDIAN ? 1 : 0;
export const HIGH: 0 | 1 = BIG_ENDIAN ? 0 : 1;
