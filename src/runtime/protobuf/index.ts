export type {
  JsonReadOptions,
  JsonValue,
  JsonWriteOptions,
  MessageInit,
  MessageType,
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
