import Long from "long";
import protobufjs from "protobufjs/minimal.js";
import { shapes } from "../.generated/protobufjs.js";

protobufjs.util.Long = Long;
protobufjs.configure();

// What its manual gives for ProtoJSON.
const JSON_OPTIONS = { enums: String, longs: String, bytes: String, json: true };

export function load(name, json) {
  const type = shapes[name];
  const message = type.fromObject(json);
  const bytes = type.encode(message).finish();
  const text = JSON.stringify(type.toObject(message, JSON_OPTIONS));
  return {
    encode: () => type.encode(message).finish(),
    decode: () => type.decode(bytes),
    toJson: () => JSON.stringify(type.toObject(message, JSON_OPTIONS)),
    fromJson: () => type.fromObject(JSON.parse(text)),
  };
}
