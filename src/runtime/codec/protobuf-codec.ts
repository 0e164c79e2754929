import { badRequest } from "../errors/index.ts";
import type { Codec } from "./codec.ts";

/** Protobuf's binary form. */
export const protobufCodec: Codec = {
  name: "proto",
  marshal: (type, message) => type.encode(message),
  unmarshal(type, bytes) {
    try {
      return type.decode(bytes);
    } catch (error) {
      throw badMessage(type.typeName, error);
    }
  },
};

/** Bytes that are no such message are the sender's fault: 400, with the reason, which names fields and nothing else. */
export function badMessage(typeName: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return badRequest("go.micro.codec", `cannot read ${typeName}: ${reason}`);
}
