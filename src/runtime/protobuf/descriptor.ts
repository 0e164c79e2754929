/**
 * `google/protobuf/descriptor.proto`: schemas as messages. An entry of its own, because few programs need it.
 */
export * from "./google/protobuf/descriptor.codec.ts";
export * from "./google/protobuf/descriptor.ts";
