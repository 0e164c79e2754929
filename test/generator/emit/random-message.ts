import { slotsOf } from "../../../src/generator/emit/field-plan.ts";
import type { Field, Message, ScalarType, Schema } from "../../../src/generator/schema/schema.ts";

/** Seeded, so that a failure can be repeated (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TEXTS = [
  "",
  "a",
  "Ada",
  "grüße",
  "\u{1f600}",
  '"\\\n\u0000',
  "x".repeat(23),
  "é".repeat(12),
  "€".repeat(60),
];
const KEYS = ["", "a", "__proto__", "constructor", "grüße", "1"];
const NUMBERS = [0, -0, 1, -1, 0.5, -1.25, 0.1, 1e21, 1e-7, 123456.789, 5e-324, 1.7976931348623157e308];

/** A message of any type of a schema, as generated code wants it. */
export function randomMessage(schema: Schema, typeName: string, random: () => number, depth = 0): object {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const int = (max: number): number => Math.floor(random() * max);

  const scalar = (type: ScalarType): unknown => {
    switch (type) {
      case "string":
        return random() < 0.1 ? "long ü ".repeat(int(40)) + "y".repeat(int(9)) : pick(TEXTS);
      case "bytes":
        return Uint8Array.from({ length: pick([0, 1, 7, 32, 33, 200]) }, () => int(256));
      case "bool":
        return random() < 0.5;
      case "double":
        return random() < 0.2
          ? pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
          : random() < 0.5
            ? pick(NUMBERS)
            : (random() - 0.5) * 10 ** int(20);
      case "float":
        return Math.fround(random() < 0.3 ? pick([0, -0, 0.1, 1e-40, 3.4e38, Number.NaN]) : random() * 1000);
      case "uint32":
      case "fixed32":
        return pick([0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 - 1, int(2 ** 32)]);
      case "int32":
      case "sint32":
      case "sfixed32":
        return pick([0, 1, -1, 127, 128, -64, -65, 2 ** 31 - 1, -(2 ** 31), int(2 ** 32) | 0]);
      case "uint64":
      case "fixed64":
        return pick([0n, 1n, 127n, 128n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n]);
      default:
        return pick([0n, 1n, -1n, 127n, 128n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]);
    }
  };
  const value = ({ type }: Field): unknown => {
    if (type.kind === "scalar") return scalar(type.scalar);
    if (type.kind === "message") return randomMessage(schema, type.typeName, random, depth + 1);
    const declared = schema.enums.get(type.typeName);
    const known = declared?.values.map(({ number }) => number) ?? [0];
    return random() < 0.2 && declared?.open ? pick([77, -77, 2 ** 31 - 1]) : pick(known);
  };
  const key = (type: ScalarType): string | number => {
    if (type === "string") return pick(KEYS);
    const one = scalar(type);
    return typeof one === "number" ? one : String(one);
  };
  const field = (one: Field): unknown => {
    if (one.cardinality === "repeated")
      return Array.from({ length: pick([0, 1, 2, 5, 40]) >> (depth * 2) }, () => value(one));
    if (one.mapKey === undefined) return value(one);
    const map = {};
    for (let i = int(4); i > 0; i--)
      Object.defineProperty(map, key(one.mapKey), {
        value: value(one),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return map;
  };

  const message: Record<string, unknown> = {};
  for (const slot of slotsOf(schema.messages.get(typeName) as Message)) {
    if (slot.kind === "field") {
      const { type, presence } = slot.field;
      if (presence !== "required" && random() < 0.3 && slot.field.cardinality === "singular") continue;
      if (depth > 3 && type.kind === "message" && presence !== "required") continue;
      message[slot.property] = field(slot.field);
    } else if (random() < 0.7) {
      const member = pick(slot.members);
      if (depth > 3 && member.field.type.kind === "message") continue;
      message[slot.property] = { case: member.name, value: value(member.field) };
    }
  }
  return message;
}
