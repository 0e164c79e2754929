import { decodeJson, encodeJson } from "../protobuf/index.ts";
import type { Codec } from "./codec.ts";
import { badMessage } from "./protobuf-codec.ts";

/**
 * ProtoJSON: lowerCamelCase names, enums by name, 64-bit integers as strings, defaults left out. Reads the names of the
 * .proto too, which go-micro's servers write. Unless strict it ignores unknown fields: a newer peer may know more than
 * we do.
 */
export const jsonCodec: Codec = {
  name: "json",
  marshal: (type, message) => encodeJson(type, message),
  unmarshal(type, bytes, options) {
    try {
      return decodeJson(type, bytes, { ignoreUnknownFields: options?.strict !== true,
        timesAsObjects: options?.timesAsObjects === true });
    } catch (error) {
      throw badMessage(type.typeName, error);
    }
  },
};
