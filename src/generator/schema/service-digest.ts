import { createHash } from "node:crypto";
import { reachableTypes } from "./reachable-types.ts";
import type { Field, Schema, ServiceDef } from "./schema.ts";

/** Hexadecimal digits: 64 bits tell the versions of one service apart, and are short enough for every registry. */
const length = 16;

/**
 * What a caller of a service depends on, as 16 hexadecimal digits: its methods and every type they need, by names, numbers
 * and types. Comments, positions, file names, custom options and whatever else is in the files have no part in it, so
 * that a schema from .proto texts and the same one told by a running service are equal.
 *
 * @param typeTexts what is said of types already, for whoever asks about several services of one schema
 */
export function serviceDigest(
  schema: Pick<Schema, "messages" | "enums">,
  service: ServiceDef,
  typeTexts: Map<string, string> = new Map(),
): string {
  const methods = [...service.methods].sort(byKey(({ name }) => name));
  let text = line("service", service.fullName);
  for (const { name, kind, input, output, idempotency } of methods)
    text += line("method", name, kind, input, output, idempotency);
  for (const name of [...reachableTypes(schema, methods)].sort()) {
    let typeText = typeTexts.get(name);
    if (typeText === undefined) {
      typeText = describeType(schema, name);
      typeTexts.set(name, typeText);
    }
    text += typeText;
  }
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

function describeType({ messages, enums }: Pick<Schema, "messages" | "enums">, name: string): string {
  let text = "";
  const message = messages.get(name);
  if (message !== undefined) {
    text += line("message", name);
    for (const field of [...message.fields].sort(byKey(({ number }) => number))) text += fieldLine(field);
  }
  const declared = enums.get(name);
  if (declared !== undefined) {
    text += line("enum", name, declared.open);
    for (const value of [...declared.values].sort(byKey(({ number }) => number)))
      text += line(value.number, value.name);
  }
  return text;
}

function line(...parts: readonly unknown[]): string {
  return `${JSON.stringify(parts)}\n`;
}

/** As `line` makes it, put together by hand: there are thousands. */
function fieldLine(field: Field): string {
  const { number, name, jsonName, cardinality, presence, packed, mapKey, oneof, type } = field;
  const typed =
    type.kind === "scalar"
      ? `"${type.scalar}"`
      : `${quote(type.typeName)},${type.kind === "message" && type.delimited}`;
  const traits = `"${cardinality}","${presence}",${packed},${mapKey === undefined ? "null" : `"${mapKey}"`}`;
  const choice = oneof === undefined ? "null" : quote(oneof);
  return `["field",${number},${quote(name)},${quote(jsonName)},${traits},${choice},${typed}]\n`;
}

function quote(name: string): string {
  return /^[\w.]*$/.test(name) ? `"${name}"` : JSON.stringify(name);
}

function byKey<Item>(key: (item: Item) => string | number): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
