import { isWellFormed } from "../binary/node-buffer.ts";
import { MAX_DEPTH } from "../binary/state.ts";
import { JsonError } from "../errors.ts";
import type { JsonReadOptions, JsonValue } from "../message-type.ts";
import { tally } from "./duplicate-keys.ts";
import type { EnumTable } from "./enum-table.ts";

/** A JSON object; member reads give undefined for what is absent. */
export type JsonObject = { readonly [key: string]: JsonValue | undefined };

/** `v` for an error text, short. */
export function show(v: JsonValue | undefined): string {
  const text = JSON.stringify(v) ?? String(v);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function expected(what: string, v: JsonValue | undefined): never {
  throw new JsonError(`expected ${what}, got ${show(v)}`);
}

export function readJsonObject(v: JsonValue, depth: number): JsonObject {
  if (typeof v !== "object" || v === null || Array.isArray(v)) expected("an object", v);
  if (depth > MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`);
  return v;
}

/** Members of a message in JSON: a name, or the JSON name and the name of the .proto where they differ. */
export type MemberNames = readonly (string | readonly [jsonName: string, protoName: string])[];

type Flat<Name> = Name extends readonly (infer One)[] ? One & string : Name & string;

/** A message's JSON object; what it should hold is known from the names. */
export function readJsonMembers<const Names extends MemberNames>(
  v: JsonValue,
  depth: number,
  _names: Names,
): { readonly [Name in Flat<Names[number]>]?: JsonValue | undefined } {
  return readJsonObject(v, depth) as { readonly [Name in Flat<Names[number]>]?: JsonValue | undefined };
}

export function readJsonArray(v: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(v)) expected("an array", v);
  return v;
}

/** Reads a member whose name every object inherits. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The member under its JSON name or its proto name; `checkMembers` refuses both. */
export function firstOf(a: JsonValue | undefined, b: JsonValue | undefined): JsonValue | undefined {
  return a === undefined ? b : a;
}

/** Refuses what is none of the `known` members nor `isKnown`, or a member given under both of its names. */
export function checkMembers(
  object: JsonObject,
  seen: number,
  known: MemberNames,
  options: JsonReadOptions | undefined,
  isKnown: (key: string) => boolean = () => false,
): void {
  tally.members += seen;
  if (!tally.strict) return;
  let given = 0;
  for (const _ in object) given++;
  if (given === seen) return;
  for (const key in object) if (object[key] === undefined) given--;
  if (given === seen) return;
  for (const names of known)
    if (typeof names !== "string" && Object.hasOwn(object, names[0]) && Object.hasOwn(object, names[1]))
      throw new JsonError(`given twice, as ${names[1]} too`, names[0]);
  if (options?.ignoreUnknownFields === true) return;
  const names = new Set(known.flat());
  for (const key of Object.keys(object))
    if (!names.has(key) && !isKnown(key))
      throw new JsonError("no such field", /^[\w.$[\]/-]{1,60}$/.test(key) ? key : show(key));
}

/** A second member of a oneof. */
export function secondChoice(oneof: string): never {
  throw new JsonError(`more than one member of oneof ${oneof}`);
}

/** Puts the place in front of an error's path. */
export function within(error: unknown, field: string, index: number | string): unknown {
  const at =
    typeof index === "number" ? (index < 0 ? field : `${field}[${index}]`) : `${field}[${show(index)}]`;
  if (!(error instanceof JsonError)) return error;
  const joint = error.path === "" || error.path.startsWith("[") ? "" : ".";
  const placed = new JsonError(error.reason, field === "" ? error.path : `${at}${joint}${error.path}`);
  if (error.stack !== undefined) placed.stack = error.stack.replace(error.message, placed.message);
  return placed;
}

export function readJsonString(v: JsonValue): string {
  if (typeof v !== "string") expected("a string", v);
  if (!isWellFormed(v)) throw new JsonError("string holds half a surrogate pair");
  return v;
}

export function readJsonBool(v: JsonValue): boolean {
  if (typeof v !== "boolean") expected("true or false", v);
  return v;
}

// JSON's own grammar of numbers: no space, no plus, no leading zero, no hex.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d{0,19})$/;

function readNumber(v: JsonValue, what: string): number {
  if (typeof v === "number") return v;
  if (typeof v === "string" && NUMBER.test(v)) return Number(v);
  return expected(what, v);
}

export function readJsonInt32(v: JsonValue): number {
  if (typeof v === "number" && (v | 0) === v) return v | 0; // the common case first; -0 becomes 0
  const n = readNumber(v, "an integer");
  if ((n | 0) !== n) expected("a 32-bit integer", v);
  return n | 0;
}

export function readJsonUint32(v: JsonValue): number {
  const n = readNumber(v, "an integer");
  if (n >>> 0 !== n) expected("an unsigned 32-bit integer", v);
  return n >>> 0;
}

function readBigint(v: JsonValue): bigint {
  if (typeof v === "string" && INTEGER.test(v)) return BigInt(v);
  const n = readNumber(v, "an integer");
  if (!Number.isInteger(n)) expected("an integer", v);
  // 1e19 written in a string: exact in the text, so the text decides.
  if (typeof v !== "string") return BigInt(n);
  // A million digits that cancel out would keep the processor busy.
  return v.length > 80 ? expected("a 64-bit integer", v) : exact(v);
}

/** The integer that a JSON number text stands for, `1.5e3` -> 1500n. */
function exact(text: string): bigint {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const power = Number(exponent) - part.length;
  if (power > 20) return expected("a 64-bit integer", text);
  const digits = BigInt(`${whole.replace("-", "")}${part}`);
  const size = power >= 0 ? digits * 10n ** BigInt(power) : digits / 10n ** BigInt(-power);
  return whole.startsWith("-") ? -size : size;
}

export function readJsonInt64(v: JsonValue): bigint {
  const n = readBigint(v);
  if (BigInt.asIntN(64, n) !== n) expected("a 64-bit integer", v);
  return n;
}

export function readJsonUint64(v: JsonValue): bigint {
  const n = readBigint(v);
  if (BigInt.asUintN(64, n) !== n) expected("an unsigned 64-bit integer", v);
  return n;
}

export function readJsonDouble(v: JsonValue): number {
  if (typeof v === "number" && v - v === 0) return v; // the common case first
  if (v === "NaN") return Number.NaN;
  if (v === "Infinity") return Number.POSITIVE_INFINITY;
  if (v === "-Infinity") return Number.NEGATIVE_INFINITY;
  const n = readNumber(v, "a number");
  if (!Number.isFinite(n)) expected("a number that a double can hold", v);
  return n;
}

export function readJsonFloat(v: JsonValue): number {
  const n = readJsonDouble(v);
  const rounded = Math.fround(n);
  if (!Number.isFinite(rounded) && Number.isFinite(n)) expected("a number that a float can hold", v);
  return rounded;
}

/** Base64, also the URL-safe alphabet, also without padding. */
export function readJsonBytes(v: JsonValue): Uint8Array {
  if (typeof v !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(v)) expected("base64", v);
  if (v.replace(/=+$/, "").length % 4 === 1) expected("base64", v);
  return new Uint8Array(Buffer.from(v, "base64"));
}

/** Undefined for an unknown name when unknown fields are ignored: the field is then as if absent. */
export function readJsonEnum(
  table: EnumTable,
  v: JsonValue,
  options: JsonReadOptions | undefined,
): number | undefined {
  if (typeof v === "string") {
    const number = table.numbers.get(v);
    if (number !== undefined) return number;
    if (options?.ignoreUnknownFields === true) return undefined;
    throw new JsonError(`${show(v)} is no value of ${table.typeName}`);
  }
  if (typeof v !== "number" || (v | 0) !== v) expected(`a name or number of ${table.typeName}`, v);
  return v;
}

/** A bool map key. */
export function readBoolKey(key: string): string {
  tally.members++;
  if (key !== "true" && key !== "false") throw new JsonError(`key ${show(key)} is neither true nor false`);
  return key;
}

function isIntegerKey(key: string): boolean {
  tally.members++;
  return INTEGER.test(key);
}

/** A 32-bit map key. */
export function readInt32Key(key: string): number {
  return readJsonInt32(isIntegerKey(key) ? key : expected("an integer key", key));
}

export function readUint32Key(key: string): number {
  return readJsonUint32(isIntegerKey(key) ? key : expected("an integer key", key));
}

/** A 64-bit map key stays text, in its one canonical spelling. */
export function readInt64Key(key: string): string {
  return String(readJsonInt64(isIntegerKey(key) ? key : expected("an integer key", key)));
}

export function readUint64Key(key: string): string {
  return String(readJsonUint64(isIntegerKey(key) ? key : expected("an integer key", key)));
}

export function readStringKey(key: string): string {
  tally.members++;
  return readJsonString(key);
}
