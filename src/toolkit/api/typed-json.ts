import { badRequest, type Value } from "@micro-service/runtime";
import type { JsonValue } from "@micro-service/runtime/protobuf";
import type { QueryNode } from "./query-tree.ts";

/** A JSON object with no prototype, so that a field named `__proto__` is only a field. */
export type JsonObject = { [key: string]: JsonValue };

const WRAPPERS: Readonly<Record<string, string>> = {
  BoolValue: "bool",
  BytesValue: "[]uint8",
  DoubleValue: "float64",
  FloatValue: "float32",
  Int32Value: "int32",
  Int64Value: "int64",
  StringValue: "string",
  UInt32Value: "uint32",
  UInt64Value: "uint64",
};

/**
 * A query (or form, or path variables) as the JSON of a request. Each value gets the type its field has in the
 * registry's record, so that `?name=123` stays text for a string field; a field the record does not know is read as
 * JSON where it is JSON, else as text (go-micro's rule for all values).
 *
 * Throws MicroError 400 naming the field for a value that its type cannot hold.
 */
export function toTypedObject(node: QueryNode, type: Value | null | undefined, id: string): JsonObject {
  return objectOf(node, type ?? undefined, { id, path: "" });
}

interface Where {
  readonly id: string;
  readonly path: string;
}

function objectOf(node: QueryNode, type: Value | undefined, where: Where): JsonObject {
  const result = Object.create(null) as JsonObject;
  for (const [name, child] of node.children) {
    const field = type === undefined ? undefined : fieldOf(type, name);
    const inside = { id: where.id, path: where.path === "" ? name : `${where.path}.${name}` };
    result[field?.name ?? name] = toJson(child, field, inside);
  }
  return result;
}

/** By the name in the .proto or in JSON: `user_id` answers to `user_id` and `userId`. */
function fieldOf(type: Value, name: string): Value | undefined {
  return (
    type.values.find((field) => field.name === name) ??
    type.values.find((field) => jsonName(field.name) === name)
  );
}

function jsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_all, letter: string) => letter.toUpperCase());
}

function toJson(node: QueryNode, field: Value | undefined, where: Where): JsonValue {
  if (node.values.length > 0 && node.children.size > 0) {
    throw badRequest(where.id, `${where.path} is given both as a value and as an object`);
  }
  const type = field?.type ?? "";
  if (type.startsWith("[]") && type !== "[]uint8") return listOf(node, field, where);
  const map = /^map\[[a-z0-9]+\](.+)$/.exec(type);
  if (node.children.size > 0) {
    if (map === null) return objectOf(node, field, where);
    const entry: Value = { name: "", type: map[1] ?? "", values: field?.values ?? [] };
    return mapOf(node, entry, where);
  }
  if (node.values.length > 1) {
    if (field === undefined) return node.values.map(untyped);
    throw badRequest(where.id, `${where.path} takes one value, got ${node.values.length}`);
  }
  const text = node.values[0] ?? "";
  return field === undefined ? untyped(text) : scalar(text, type, where);
}

function listOf(node: QueryNode, field: Value | undefined, where: Where): JsonValue[] {
  const item: Value = { name: "", type: (field?.type ?? "[]").slice(2), values: field?.values ?? [] };
  if (node.children.size === 0) {
    const [only = ""] = node.values;
    if (node.values.length === 1 && only.trimStart().startsWith("[")) {
      const list = parseJson(only);
      if (Array.isArray(list)) return list;
    }
    return node.values.map((text) => scalar(text, item.type, where));
  }
  const indexed = [...node.children].map(([index, child]) => {
    if (!/^[0-9]{1,4}$/.test(index))
      throw badRequest(where.id, `${where.path}[${index}] is no index of a list`);
    return { index: Number(index), child };
  });
  indexed.sort((a, b) => a.index - b.index);
  return indexed.map(({ index, child }) =>
    toJson(child, item, { id: where.id, path: `${where.path}[${index}]` }),
  );
}

function mapOf(node: QueryNode, entry: Value, where: Where): JsonObject {
  const result = Object.create(null) as JsonObject;
  for (const [key, child] of node.children) {
    result[key] = toJson(child, entry, { id: where.id, path: `${where.path}[${key}]` });
  }
  return result;
}

/** One text as the JSON of a Go kind or message name, as the registry's record writes them. */
function scalar(text: string, declared: string, where: Where): JsonValue {
  const type = WRAPPERS[declared] ?? declared;
  switch (type) {
    case "string":
    case "[]uint8":
      return text;
    case "bool":
      if (text === "true" || text === "1") return true;
      if (text === "false" || text === "0") return false;
      throw wrong(text, "true or false", where);
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      if (!/^-?[0-9]{1,20}$/.test(text)) throw wrong(text, "a whole number", where);
      // As text where a double would round it; ProtoJSON reads both.
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case "float32":
    case "float64":
      if (text === "NaN" || text === "Infinity" || text === "-Infinity") return text;
      if (text.trim() === "" || !Number.isFinite(Number(text))) throw wrong(text, "a number", where);
      return Number(text);
    default:
      return named(text);
  }
}

/** An enum by name or number, a message as JSON text, or one whose JSON is a string (Timestamp, FieldMask). */
function named(text: string): JsonValue {
  if (/^-?[0-9]{1,10}$/.test(text)) return Number(text);
  return text.trimStart().startsWith("{") ? (parseJson(text) ?? text) : text;
}

/** go-micro's rule where nothing is known: JSON if it is JSON, else text; numbers only while a double holds them. */
function untyped(text: string): JsonValue {
  const value = parseJson(text);
  if (value === undefined) return text;
  return typeof value === "number" && String(value) !== text ? text : value;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // no JSON: the caller's business
  }
}

function wrong(text: string, wanted: string, where: Where): Error {
  return badRequest(where.id, `${where.path} must be ${wanted}, got ${JSON.stringify(text.slice(0, 80))}`);
}
