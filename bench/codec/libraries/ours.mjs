import { encodeInto, encodeJson } from "@micro-service/runtime/protobuf";
import { Large, Medium, Tiny } from "../.generated/ours/shapes.js";

const shapes = { Large, Medium, Tiny };
const target = new Uint8Array(1 << 20);

export function load(name, json) {
  const type = shapes[name];
  const message = type.fromJson(json);
  const bytes = type.encode(message);
  const text = type.toJsonString(message);
  return {
    encode: () => type.encode(message),
    encodeInto: () => encodeInto(type, message, target, 0),
    decode: () => type.decode(bytes),
    toJson: () => type.toJsonString(message),
    toJsonBytes: () => encodeJson(type, message),
    fromJson: () => type.fromJsonString(text),
  };
}
