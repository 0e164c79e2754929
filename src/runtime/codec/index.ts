export { type Codec, REQUEST, type UnmarshalOptions } from "./codec.ts";
export { codecOf, codecs } from "./codecs.ts";
export { jsonCodec } from "./json-codec.ts";
export { protobufCodec } from "./protobuf-codec.ts";
