/** Bytes that are no protobuf message. */
export class WireError extends Error {}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, group: 3, groupEnd: 4, fixed32: 5 } as const;

/** One field as it is encoded. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** The value's own bytes: a varint's, a string's, a group's fields. */
  readonly bytes: Uint8Array;
}

/** More than protoc itself reads. */
const maxGroupDepth = 100;

/**
 * The fields of an encoded message in their order. protobufjs would compile a decoder at run time, which this tool
 * does not do.
 *
 * @throws WireError
 */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value: tag, end: start } = readTag(bytes, at);
    const field = { number: Math.floor(tag / 8), wireType: tag % 8 };
    const { from, to, end } = extent(bytes, field, start, 0);
    fields.push({ ...field, bytes: bytes.subarray(from, to) });
    at = end;
  }
  return fields;
}

function readTag(bytes: Uint8Array, at: number): { value: number; end: number } {
  const tag = readLength(bytes, at);
  if (tag.value < 8 || tag.value > 0xffffffff) throw new WireError(`there is no field number at byte ${at}`);
  return tag;
}

/** A varint that is small: a tag or length. */
function readLength(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let index = at, factor = 1; index < at + 5; index++, factor *= 128) {
    const byte = bytes[index];
    if (byte === undefined) throw new WireError("it ends in the middle of a field");
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: index + 1 };
  }
  throw new WireError(`the number at byte ${at} is too long`);
}

/** Where a value begins and ends, and where the next field begins. */
function extent(
  bytes: Uint8Array,
  { number, wireType }: { number: number; wireType: number },
  start: number,
  depth: number,
): { from: number; to: number; end: number } {
  const upTo = (to: number, from = start) => {
    if (to > bytes.length) throw new WireError("it ends in the middle of a field");
    return { from, to, end: to };
  };
  switch (wireType) {
    case wireTypes.varint: {
      let at = start;
      while (bytes[at]! >= 128) at += 1;
      if (at - start > 9) throw new WireError(`the number at byte ${start} is too long`);
      return upTo(at + 1);
    }
    case wireTypes.fixed64:
      return upTo(start + 8);
    case wireTypes.fixed32:
      return upTo(start + 4);
    case wireTypes.bytes: {
      const length = readLength(bytes, start);
      return upTo(length.end + length.value, length.end);
    }
    case wireTypes.group: {
      if (depth >= maxGroupDepth) throw new WireError("its groups are nested too deep");
      for (let at = start; ; ) {
        const { value: tag, end } = readTag(bytes, at);
        const inner = { number: Math.floor(tag / 8), wireType: tag % 8 };
        if (inner.wireType === wireTypes.groupEnd) {
          if (inner.number === number) return { from: start, to: at, end };
          throw new WireError(`a group is not closed at byte ${at}`);
        }
        at = extent(bytes, inner, end, depth + 1).end;
      }
    }
    default:
      throw new WireError(`there is no wire type ${wireType}`);
  }
}

/** The unsigned value of a varint that begins at a byte. */
export function readVarint(bytes: Uint8Array, at = 0): { value: bigint; end: number } {
  let value = 0n;
  for (let index = at, shift = 0n; index < bytes.length; index++, shift += 7n) {
    value |= BigInt(bytes[index]! & 127) << shift;
    if (bytes[index]! < 128) return { value: BigInt.asUintN(64, value), end: index + 1 };
  }
  throw new WireError("it ends in the middle of a number");
}

/** An encoded message by field number. Of a field that is there twice the last one counts. */
export interface WireMessage {
  has(number: number): boolean;
  bytes(number: number): Uint8Array | undefined;
  /** Of a repeated message, not yet read. */
  allBytes(number: number): Uint8Array[];
  text(number: number): string | undefined;
  texts(number: number): string[];
  /** An int32 or enum. */
  integer(number: number): number | undefined;
  /** Repeated ones, packed or not. */
  integers(number: number): number[];
  flag(number: number): boolean;
  message(number: number): WireMessage | undefined;
  messages(number: number): WireMessage[];
}

/** @throws WireError */
export function readMessage(bytes: Uint8Array): WireMessage {
  const byNumber = new Map<number, WireField[]>();
  for (const field of readFields(bytes)) {
    const known = byNumber.get(field.number);
    if (known === undefined) byNumber.set(field.number, [field]);
    else known.push(field);
  }
  const all = (number: number) => byNumber.get(number) ?? [];
  const last = (number: number, wireType: number) => {
    const field = all(number).at(-1);
    if (field !== undefined && field.wireType !== wireType)
      throw new WireError(`field ${number} has the wrong wire type`);
    return field?.bytes;
  };
  const integer = (number: number) => {
    const found = last(number, wireTypes.varint);
    return found && toInt32(readVarint(found).value);
  };
  const message = (number: number) => {
    const found = last(number, wireTypes.bytes);
    return found && readMessage(found);
  };
  return {
    has: (number) => byNumber.has(number),
    bytes: (number) => last(number, wireTypes.bytes),
    allBytes: (number) => all(number).map((field) => field.bytes),
    text(number) {
      const found = last(number, wireTypes.bytes);
      return found && toText(found);
    },
    texts: (number) => all(number).map((field) => toText(field.bytes)),
    integer,
    integers: (number) => all(number).flatMap(readIntegers),
    flag: (number) => integer(number) === 1,
    message,
    messages: (number) => all(number).map((field) => readMessage(field.bytes)),
  };
}

function readIntegers({ wireType, bytes }: WireField): number[] {
  if (wireType !== wireTypes.varint && wireType !== wireTypes.bytes)
    throw new WireError("a list of numbers has the wrong wire type");
  const values: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    // Nearly all are positions in a file, and small.
    if (bytes[at]! < 128) values.push(bytes[at++]!);
    else {
      const { value, end } = readVarint(bytes, at);
      values.push(toInt32(value));
      at = end;
    }
  }
  return values;
}

function toInt32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
