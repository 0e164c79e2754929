import type { AnyMessageType, TypeRegistry } from "./message-type.ts";

/** A registry of the given message types: what an Any may hold where it becomes JSON or comes from it. */
export function typeRegistry(...types: readonly AnyMessageType[]): TypeRegistry {
  return new Map(types.map((type) => [type.typeName, type]));
}
