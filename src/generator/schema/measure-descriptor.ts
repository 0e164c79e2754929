import { WireError } from "./read-wire.ts";

/** How much there is in an encoded descriptor, known before any of it is understood. */
export interface DescriptorSize {
  /** Messages, fields, enums, values, services, rpcs and extensions. */
  readonly declarations: number;
  /** Encoded fields, of options and positions, too. */
  readonly fields: number;
}

/** Parts of a descriptor that are worth looking into, by field number. */
interface Shape {
  readonly [field: number]: { readonly shape: () => Shape; readonly declares: boolean };
}

const nothing = (): Shape => ({});
const declares = (shape: () => Shape) => ({ shape, declares: true });
const holds = (shape: () => Shape) => ({ shape, declares: false });
const fieldShape: Shape = { 8: holds(nothing) };
const valueShape: Shape = { 3: holds(nothing) };
const enumShape: Shape = { 2: declares(() => valueShape), 3: holds(nothing) };
const messageShape: Shape = {
  2: declares(() => fieldShape),
  3: declares(() => messageShape),
  4: declares(() => enumShape),
  6: declares(() => fieldShape),
  7: holds(nothing),
  8: declares(nothing),
};
const methodShape: Shape = { 4: holds(nothing) };
const serviceShape: Shape = { 2: declares(() => methodShape), 3: holds(nothing) };
const fileShape: Shape = {
  4: declares(() => messageShape),
  5: declares(() => enumShape),
  6: declares(() => serviceShape),
  7: declares(() => fieldShape),
  8: holds(nothing),
  9: holds(() => ({ 1: holds(nothing) })),
};
/** More than any reader of descriptors takes. */
const maxDepth = 100;

/**
 * Counts in one pass without keeping anything: reading a few megabytes of empty messages would take minutes and all memory.
 *
 * @param bytes an encoded google.protobuf.FileDescriptorProto
 * @param limit counting ends beyond so many fields
 * @throws WireError when it is none
 */
export function measureDescriptor(bytes: Uint8Array, limit: number): DescriptorSize {
  return measure(bytes, limit, fileShape);
}

/** How many fields a message has, be it any; counting ends beyond the limit. Throws WireError when it is none. */
export function countFields(bytes: Uint8Array, limit: number): number {
  return measure(bytes, limit, {}).fields;
}

function measure(bytes: Uint8Array, limit: number, shape: Shape): DescriptorSize {
  const size = { declarations: 0, fields: 0 };
  walk(shape, 0, bytes.length, 0);
  return size;

  function walk(shape: Shape, from: number, to: number, depth: number): void {
    if (depth > maxDepth) throw new WireError("its messages are nested too deep");
    let at = from;
    while (at < to && size.fields <= limit) {
      size.fields += 1;
      let tag: number;
      [tag, at] = varint(at, to);
      const wireType = tag % 8;
      if (wireType === 0) [, at] = varint(at, to);
      else if (wireType === 1) at += 8;
      else if (wireType === 5) at += 4;
      else if (wireType === 2) {
        let length: number;
        [length, at] = varint(at, to);
        if (at + length > to) throw new WireError("it ends in the middle of a field");
        const part = shape[Math.floor(tag / 8)];
        if (part?.declares) size.declarations += 1;
        if (part !== undefined) walk(part.shape(), at, at + length, depth + 1);
        at += length;
      }
      // Groups are in no descriptor; their ends are tags of their own.
      else if (wireType !== 3 && wireType !== 4) throw new WireError(`there is no wire type ${wireType}`);
      if (at > to) throw new WireError("it ends in the middle of a field");
    }
  }

  /** Up to 70 bits are skipped; what is asked for is small. */
  function varint(start: number, to: number): [value: number, end: number] {
    let value = 0;
    for (let at = start, factor = 1; at < to && at < start + 10; at++, factor *= 128) {
      const byte = bytes[at] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return [value, at + 1];
    }
    throw new WireError("it ends in the middle of a number");
  }
}
