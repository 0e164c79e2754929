import { DecodeError, JsonError } from "../errors.ts";

/** Stands in for absent `bytes` where the value is only looked at. */
export const NO_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** A required field that is not there when a message is written. */
export function missing(field: string): never {
  throw new TypeError(`required field ${field} is not set`);
}

/** A required field that is not there when bytes are read. */
export function absent(field: string): never {
  throw new DecodeError(`required field ${field} is not there`);
}

/** A required field that is not there when JSON is read. */
export function absentJson(field: string): never {
  throw new JsonError(`required field ${field} is not there`);
}

/** A second member of a oneof in JSON. */
export function secondChoice(oneof: string): never {
  throw new JsonError(`more than one member of oneof ${oneof}`);
}

/** A oneof whose `case` names none of its members. */
export function unknownCase(choice: { readonly case: unknown }): never {
  throw new TypeError(`${String(choice.case)} is no member of the oneof`);
}

/** A copy of a map field; entries without a value are left out. */
export function copyMap<V, W>(
  map: { readonly [key: string]: V | undefined } | undefined,
  copy: (value: V) => W,
): { [key: string]: W } {
  const copied: { [key: string]: W } = {};
  for (const key in map) {
    const value = map[key];
    if (value !== undefined) setEntry(copied, key, copy(value));
  }
  return copied;
}

/** Sets a map entry; the key `__proto__` must not reach the object's prototype. */
export function setEntry<V>(map: { [key: string]: V }, key: string | number, value: V): void {
  // The length first: comparing texts is a call.
  if ((key as string).length === 9 && key === "__proto__")
    Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  else map[key] = value;
}

/** The message with the fields it was read with and that nobody knows. */
export function withUnknown<T extends { $unknown?: Uint8Array | undefined }>(
  message: T,
  unknown: Uint8Array | undefined,
): T {
  if (unknown !== undefined) message.$unknown = unknown;
  return message;
}
