export { decodeJson, encodeInto, encodeJson } from "./define-message.ts";
export { errorDetail, findDetail } from "./error-detail.ts";
export { DecodeError, JsonError } from "./errors.ts";
export type { AnyExtension, Extension } from "./extension-type.ts";
export { clearExtension, getExtension, hasExtension, setExtension } from "./extensions.ts";
export * from "./google/protobuf/any.ts";
export * from "./google/protobuf/duration.ts";
export * from "./google/protobuf/empty.ts";
export * from "./google/protobuf/field_mask.ts";
export * from "./google/protobuf/struct.ts";
export * from "./google/protobuf/timestamp.ts";
export * from "./google/protobuf/wrappers.ts";
export type {
  AnyMessageType,
  JsonReadOptions,
  JsonValue,
  JsonWriteOptions,
  MessageInit,
  MessageType,
  TypeRegistry,
} from "./message-type.ts";
export type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  HttpRule,
  Idempotency,
  MethodKind,
  MethodType,
  ServerStreamMethod,
  ServiceType,
  UnaryMethod,
} from "./service-type.ts";
export { typeRegistry } from "./type-registry.ts";
export { anyIs, anyPack, anyUnpack, anyUnpackWith } from "./well-known/any.ts";
export { durationFromMs, durationToMs } from "./well-known/duration.ts";
export { structFromObject, structToObject, valueFromJson, valueToJson } from "./well-known/struct.ts";
export {
  timestampFromDate,
  timestampFromMs,
  timestampNow,
  timestampToDate,
  timestampToMs,
} from "./well-known/timestamp.ts";
