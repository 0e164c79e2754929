import { encodeToArray } from "./binary/arena.ts";
import { NO_BYTES } from "./binary/support.ts";
import { appendRecords, dropRecords, pickRecords } from "./extension-records.ts";
import { type Extension, type ExtensionRecord, partsOfExtension } from "./extension-type.ts";
import type { MessageInit } from "./message-type.ts";

interface Extended {
  $unknown?: Uint8Array | undefined;
}

/**
 * The value of an extension: undefined or an empty array when the message does not have it. Read anew at each call, so
 * changes to the result stay outside of the message until setExtension.
 *
 * @throws DecodeError when the bytes in the message are none of the extension's type
 */
export function getExtension<Extendee extends object, Value>(
  message: NoInfer<MessageInit<Extendee>>,
  extension: Extension<Extendee, Value>,
): Value {
  const parts = partsOfExtension(extension);
  const records = pickRecords((message as Extended).$unknown, parts);
  return parts.decode(records ?? NO_BYTES, 0, records?.length ?? 0, undefined, 0).value;
}

/** Sets an extension; undefined and an empty array clear it. Throws as `encode` does for values that do not fit. */
export function setExtension<Extendee extends object, Value>(
  message: NoInfer<Extendee>,
  extension: Extension<Extendee, Value>,
  value: NoInfer<MessageInit<Value>>,
): void {
  const parts = partsOfExtension(extension);
  const records = encodeToArray(parts.encode, { value } as MessageInit<ExtensionRecord<Value>>);
  const others = dropRecords((message as Extended).$unknown, parts);
  setUnknown(message, appendRecords(others, records, parts));
}

/** True when the message has the extension, or at least one item of a repeated one. */
export function hasExtension<Extendee extends object, Value>(
  message: NoInfer<MessageInit<Extendee>>,
  extension: Extension<Extendee, Value>,
): boolean {
  return pickRecords((message as Extended).$unknown, partsOfExtension(extension)) !== undefined;
}

/** Takes an extension out of the message. */
export function clearExtension<Extendee extends object, Value>(
  message: NoInfer<Extendee>,
  extension: Extension<Extendee, Value>,
): void {
  setUnknown(message, dropRecords((message as Extended).$unknown, partsOfExtension(extension)));
}

function setUnknown(message: Extended, unknown: Uint8Array | undefined): void {
  if (unknown === undefined) delete message.$unknown;
  else message.$unknown = unknown;
}
