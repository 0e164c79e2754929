/**
 * What generated codecs import: the helpers, and the codecs of the well-known types. Not meant for people; it changes
 * together with the generator.
 */
export * from "./google/protobuf/any.codec.ts";
export * from "./google/protobuf/duration.codec.ts";
export * from "./google/protobuf/empty.codec.ts";
export * from "./google/protobuf/field_mask.codec.ts";
export * from "./google/protobuf/struct.codec.ts";
export * from "./google/protobuf/timestamp.codec.ts";
export * from "./google/protobuf/wrappers.codec.ts";
export * from "./helpers.ts";
export { readAnyJson, writeAnyJson } from "./json/well-known/any.ts";
export { readDurationJson, writeDurationJson } from "./json/well-known/duration.ts";
export { readFieldMaskJson, writeFieldMaskJson } from "./json/well-known/field-mask.ts";
export {
  readListValueJson,
  readStructJson,
  readValueJson,
  writeListValueJson,
  writeStructJson,
  writeValueJson,
} from "./json/well-known/struct.ts";
export { readTimestampJson, writeTimestampJson } from "./json/well-known/timestamp.ts";
export {
  readBoolValueJson,
  readBytesValueJson,
  readDoubleValueJson,
  readFloatValueJson,
  readInt32ValueJson,
  readInt64ValueJson,
  readStringValueJson,
  readUInt32ValueJson,
  readUInt64ValueJson,
  writeBoolValueJson,
  writeBytesValueJson,
  writeDoubleValueJson,
  writeFloatValueJson,
  writeInt32ValueJson,
  writeInt64ValueJson,
  writeStringValueJson,
  writeUInt32ValueJson,
  writeUInt64ValueJson,
} from "./json/well-known/wrappers.ts";
