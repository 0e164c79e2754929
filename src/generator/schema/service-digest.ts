import { createHash } from "node:crypto";
import { reachableTypes } from "./reachable-types.ts";
import type { Field, Schema, ServiceDef } from "./schema.ts";

/** Hexadecimal digits: 64 bits tell the versions of one service apart, and are short enough for every registry. */
const length = 16;

/**
 * What a caller of a service depends on, as 16 hexadecimal digits: its methods and every type they need, by names, numbers
 * and types. Comments, positions, file names, custom options and whatever else is in the files have no part in it, so
 * that a schema from .proto texts and the same one told by a running service are equal.
 */
export function serviceDigest(schema: Pick<Schema, "messages" | "enums">, service: ServiceDef): string {
  const hash = createHash("sha256");
  const methods = [...service.methods].sort(byKey(({ name }) => name));
  const line = (...parts: readonly unknown[]) => hash.update(`${JSON.stringify(parts)}\n`);
  line("service", service.fullName);
  for (const { name, kind, input, output, idempotency } of methods)
    line("method", name, kind, input, output, idempotency);
  for (const name of [...reachableTypes(schema, methods)].sort()) {
    const message = schema.messages.get(name);
    if (message !== undefined) {
      line("message", name);
      for (const field of [...message.fields].sort(byKey(({ number }) => number)))
        line("field", ...fieldParts(field));
    }
    const declared = schema.enums.get(name);
    if (declared !== undefined) {
      line("enum", name, declared.open);
      for (const value of [...declared.values].sort(byKey(({ number }) => number)))
        line(value.number, value.name);
    }
  }
  return hash.digest("hex").slice(0, length);
}

function fieldParts(field: Field): unknown[] {
  const { number, name, jsonName, cardinality, presence, packed, mapKey, oneof, type } = field;
  const typed =
    type.kind === "scalar" ? [type.scalar] : [type.typeName, type.kind === "message" && type.delimited];
  return [number, name, jsonName, cardinality, presence, packed, mapKey ?? null, oneof ?? null, ...typed];
}

function byKey<Item>(key: (item: Item) => string | number): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
