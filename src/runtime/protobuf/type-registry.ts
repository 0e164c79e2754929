import type { AnyExtension } from "./extension-type.ts";
import type { AnyMessageType, TypeRegistry } from "./message-type.ts";

/** A registry of message types and extensions: what JSON may meet in an Any, or beyond a message's own fields. */
export function typeRegistry(...types: readonly (AnyMessageType | AnyExtension)[]): TypeRegistry {
  const messages = new Map<string, AnyMessageType>();
  const extensions = new Map<string, AnyExtension>();
  for (const type of types) {
    if (isMessageType(type)) messages.set(type.typeName, type);
    else for (const key of [type.typeName, type.number]) extensions.set(`${type.extendee} ${key}`, type);
  }
  return {
    get: (typeName) => messages.get(typeName),
    extension: (extendee, key) => extensions.get(`${extendee} ${key}`),
  };
}

function isMessageType(type: AnyMessageType | AnyExtension): type is AnyMessageType {
  return "decode" in type;
}
