export { type Codec, REQUEST, type UnmarshalOptions } from "./codec.ts";
export { codecOf, codecs } from "./codecs.ts";
export { createJsonCodec, jsonCodec } from "./json-codec.ts";
export { badMessage, protobufCodec } from "./protobuf-codec.ts";
