import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  fromJsonString,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

// Its generated code holds just such descriptors.
const set = readFileSync(new URL("../.generated/src/schema.binpb", import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));

export function load(name, json) {
  const type = registry.getMessage(`shapes.${name}`);
  const message = fromJson(type, json);
  const bytes = toBinary(type, message);
  const text = toJsonString(type, message);
  return {
    encode: () => toBinary(type, message),
    decode: () => fromBinary(type, bytes),
    toJson: () => toJsonString(type, message),
    fromJson: () => fromJsonString(type, text),
  };
}
