/**
 * What generated codecs call. Not meant for people: it changes together with the generator, without notice.
 */
export { readBytes, writeBytes, writeRaw } from "./binary/bytes.ts";
export { endGroup, groupEnd } from "./binary/group.ts";
export {
  readDouble,
  readFixed32,
  readFixed64,
  readFloat,
  readSfixed32,
  readSfixed64,
} from "./binary/read-fixed.ts";
export { readKey } from "./binary/read-key.ts";
export { readBool, readInt64, readSint64, readUint64 } from "./binary/read-long.ts";
export { readString, readStringUnchecked } from "./binary/read-text.ts";
export {
  readEnd,
  readInt32,
  readSint32,
  readTag,
  readUint32,
  tooDeep,
  truncated,
} from "./binary/read-varint.ts";
export { endLength, noRoom } from "./binary/room.ts";
export { cursor, MAX_DEPTH } from "./binary/state.ts";
export {
  absent,
  absentJson,
  copyMap,
  missing,
  NO_BYTES,
  secondChoice,
  setEntry,
  unknownCase,
  withUnknown,
} from "./binary/support.ts";
export { keepUnknown, skipField } from "./binary/unknown.ts";
export { keepUnknownEnum } from "./binary/unknown-enum.ts";
export {
  bigintKey,
  boolKey,
  isZero,
  numberKey,
  writeBool,
  writeDouble,
  writeFixed32,
  writeFixed64,
  writeFloat,
  writeInt64,
  writeSfixed32,
  writeSfixed64,
  writeSint32,
  writeSint64,
  writeUint32,
  writeUint64,
} from "./binary/write-number.ts";
export { writeString } from "./binary/write-text.ts";
export { writeInt32 } from "./binary/write-varint.ts";
export { defineMessage, type MessageParts } from "./define-message.ts";
export { defineExtension, type ExtensionRecord } from "./extension-type.ts";
export { type EnumTable, enumTable } from "./json/enum-table.ts";
export { readJsonExtension, writeJsonExtensions } from "./json/extensions.ts";
export { nextItem, nextMember, openArray, openObject, readStringKey, skipText } from "./json/input.ts";
export { jsonMembers, readOneOfMany } from "./json/many-members.ts";
export { readMember } from "./json/members.ts";
export { readJsonBytes } from "./json/read-bytes.ts";
export { readJsonDouble, readJsonFloat } from "./json/read-double.ts";
export { readJsonInt32, readJsonUint32 } from "./json/read-int32.ts";
export {
  addEntry,
  readBoolKey,
  readInt32Key,
  readInt64Key,
  readUint32Key,
  readUint64Key,
} from "./json/read-keys.ts";
export { readJsonInt64, readJsonUint64 } from "./json/read-long.ts";
export { readJsonString } from "./json/read-string.ts";
export { readJsonBool, readJsonEnum } from "./json/read-values.ts";
export type { JsonStyle } from "./json/style.ts";
export { endArray, endObject, writeAscii } from "./json/write.ts";
export { writeJsonBytes } from "./json/write-bytes.ts";
export { writeJsonDouble, writeJsonFloat } from "./json/write-double.ts";
export { writeJsonInt64, writeJsonUint64 } from "./json/write-long.ts";
export { writeJsonInt32, writeJsonUint32 } from "./json/write-number.ts";
export { writeJsonString, writeJsonText } from "./json/write-string.ts";
export { writeJsonBool, writeJsonEnum } from "./json/write-values.ts";
export { longFromNumber, longFromText, longToNumberBinary, longToNumberJson } from "./long.ts";
