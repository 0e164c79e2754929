/**
 * What generated codecs call. Not meant for people: it changes together with the generator, without notice.
 */
export { readKey } from "./binary/read-key.ts";
export {
  readBool,
  readDouble,
  readFixed32,
  readFixed64,
  readFloat,
  readInt32,
  readInt64,
  readLength,
  readSfixed32,
  readSfixed64,
  readSint32,
  readSint64,
  readTag,
  readUint32,
  readUint64,
  tooDeep,
  truncated,
} from "./binary/read-number.ts";
export { readBytes, readString, readStringUnchecked } from "./binary/read-text.ts";
export { endLength, noRoom } from "./binary/room.ts";
export { cursor, MAX_DEPTH } from "./binary/state.ts";
export {
  absent,
  absentJson,
  copyMap,
  endGroup,
  missing,
  NO_BYTES,
  setEntry,
  unknownCase,
} from "./binary/support.ts";
export { groupEnd, keepUnknown, keepUnknownEnum, skipField } from "./binary/unknown.ts";
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
  writeInt32,
  writeInt64,
  writeSfixed32,
  writeSfixed64,
  writeSint32,
  writeSint64,
  writeUint32,
  writeUint64,
} from "./binary/write-number.ts";
export { writeBytes, writeRaw, writeString } from "./binary/write-text.ts";
export { defineMessage, type MessageParts } from "./define-message.ts";
export { defineExtension, type ExtensionRecord } from "./extension-type.ts";
export { type EnumTable, enumTable } from "./json/enum-table.ts";
export { readJsonExtensions, writeJsonExtensions } from "./json/extensions.ts";
export {
  checkMembers,
  firstOf,
  ownMember,
  readBoolKey,
  readInt32Key,
  readInt64Key,
  readJsonArray,
  readJsonBool,
  readJsonBytes,
  readJsonDouble,
  readJsonEnum,
  readJsonFloat,
  readJsonInt32,
  readJsonInt64,
  readJsonMembers,
  readJsonObject,
  readJsonString,
  readJsonUint32,
  readJsonUint64,
  readStringKey,
  readUint32Key,
  readUint64Key,
  secondChoice,
  within,
} from "./json/read.ts";
export type { JsonStyle } from "./json/style.ts";
export {
  endArray,
  endObject,
  writeAscii,
  writeJsonBool,
  writeJsonBytes,
  writeJsonDouble,
  writeJsonEnum,
  writeJsonFloat,
  writeJsonInt32,
  writeJsonInt64,
  writeJsonString,
  writeJsonText,
  writeJsonUint32,
  writeJsonUint64,
} from "./json/write.ts";
export {
  longFromNumber,
  longFromText,
  longToNumberBinary,
  longToNumberJson,
} from "./long.ts";
