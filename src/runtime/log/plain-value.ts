import type { PlainFields, PlainValue } from "./log.ts";
import { REDACTED, type Redaction } from "./redaction.ts";

/** UTF-16 units of one text. */
export const MAX_TEXT = 8192;
/** Objects within objects. */
const MAX_DEPTH = 6;
/** Names of an object, items of a list. */
const MAX_ENTRIES = 64;
/** Values of one line, and UTF-16 units of all its texts. */
const MAX_VALUES = 512;
const MAX_TEXTS = 32_768;
/** Names of an error that are told besides its own. */
const ERROR_NAMES = ["code", "id", "detail", "status", "retryAfterMs"] as const;

/**
 * Fields as plain data. Whatever is handed to a log may be hostile: getters and proxies that throw, cycles, lists of a
 * million items, texts of a megabyte. Each is read once, within limits, and what cannot be told says so in its place.
 */
export function plainFields(fields: LogFieldsInit, redaction: Redaction): PlainFields {
  return new Reading(redaction).entries(fields, []);
}

type LogFieldsInit = Readonly<Record<string, unknown>> | undefined;

/** A text within limits and without secrets. */
export function plainText(text: string, redaction: Redaction): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
  return redaction.text(short);
}

class Reading {
  readonly #redaction: Redaction;
  readonly #inside = new Set<object>();
  #valuesLeft = MAX_VALUES;
  #textLeft = MAX_TEXTS;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  entries(object: unknown, path: readonly string[]): PlainFields {
    const plain: Record<string, PlainValue> = Object.create(null) as Record<string, PlainValue>;
    let names: string[];
    try {
      if (typeof object !== "object" || object === null) return plain;
      names = Object.keys(object);
    } catch {
      return { unreadable: "it threw" };
    }
    for (const name of names.slice(0, MAX_ENTRIES)) {
      const here = [...path, name];
      const key = name.length > 128 ? `${name.slice(0, 128)}...` : name;
      if (this.#redaction.hides(here)) plain[key] = REDACTED;
      else {
        const value = this.#read(object, name, here);
        if (value !== undefined) plain[key] = value;
      }
    }
    if (names.length > MAX_ENTRIES) plain["..."] = `${names.length - MAX_ENTRIES} more`;
    return plain;
  }

  #read(object: object, name: string, path: readonly string[]): PlainValue | undefined {
    try {
      return this.#value((object as Record<string, unknown>)[name], path);
    } catch {
      return "[threw]";
    }
  }

  #value(value: unknown, path: readonly string[]): PlainValue | undefined {
    if (value === undefined) return undefined;
    if (this.#valuesLeft-- <= 0) return "[too much]";
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
        return value;
      case "bigint":
        return this.#text(String(value));
      case "symbol":
      case "function":
        return `[${typeof value}]`;
      default:
        return value === null ? null : this.#object(value as object, path);
    }
  }

  #object(value: object, path: readonly string[]): PlainValue {
    if (this.#inside.has(value)) return "[circular]";
    if (path.length > MAX_DEPTH) return "[too deep]";
    this.#inside.add(value);
    try {
      if (value instanceof Date)
        return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
      if (value instanceof Error) return this.#error(value, path);
      if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
      if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
      if (value instanceof Map) return this.entries(this.#firstEntries(value), path);
      if (Array.isArray(value) || value instanceof Set) return this.#list(value, path);
      if (value instanceof URL || value instanceof RegExp) return this.#text(String(value));
      return this.entries(value, path);
    } finally {
      this.#inside.delete(value);
    }
  }

  /** The first entries of a map, as an object. */
  #firstEntries(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
    const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    let count = 0;
    for (const [key, value] of map) {
      if (count++ > MAX_ENTRIES) break;
      object[typeof key === "object" || typeof key === "function" ? `[${typeof key}]` : String(key)] = value;
    }
    return object;
  }

  #list(list: readonly unknown[] | ReadonlySet<unknown>, path: readonly string[]): PlainValue {
    const plain: PlainValue[] = [];
    const size = Array.isArray(list) ? list.length : (list as ReadonlySet<unknown>).size;
    for (const item of list) {
      if (plain.length === MAX_ENTRIES) {
        plain.push(`... ${size - MAX_ENTRIES} more`);
        break;
      }
      plain.push(this.#value(item, [...path, String(plain.length)]) ?? null);
    }
    return plain;
  }

  #error(error: Error, path: readonly string[]): PlainValue {
    const plain: Record<string, PlainValue> = {};
    for (const name of ["name", "message", "stack", ...ERROR_NAMES]) {
      const value = this.#read(error, name, path);
      if (value !== undefined && typeof value !== "object") plain[name] = value;
    }
    for (const name of ["cause", "attempts", "errors"]) {
      const value = this.#read(error, name, [...path, name]);
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) plain[name] = value;
    }
    return plain;
  }

  #text(text: string): string {
    const short = plainText(text, this.#redaction);
    this.#textLeft -= short.length;
    return this.#textLeft >= 0 ? short : `[${text.length} characters]`;
  }
}
