import { decodeJson, encodeJson, type TypeRegistry } from "../protobuf/index.ts";
import type { Codec } from "./codec.ts";
import { badMessage } from "./protobuf-codec.ts";

/**
 * ProtoJSON: lowerCamelCase names, enums by name, 64-bit integers as strings, defaults left out. Reads the names of the
 * .proto too, which go-micro's servers write. Unless strict it ignores unknown fields: a newer peer may know more than
 * we do. `types`: what `google.protobuf.Any` may hold; without them an Any is refused.
 */
export function createJsonCodec(types?: TypeRegistry): Codec {
  return {
    name: "json",
    marshal: (type, message) => encodeJson(type, message, types === undefined ? undefined : { types }),
    unmarshal(type, bytes, options) {
      try {
        return decodeJson(type, bytes, {
          ignoreUnknownFields: options?.strict !== true,
          timesAsObjects: options?.timesAsObjects === true,
          types,
        });
      } catch (error) {
        throw badMessage(type.typeName, error);
      }
    },
  };
}

/** {@link createJsonCodec} without types. */
export const jsonCodec: Codec = /* @__PURE__ */ createJsonCodec();
