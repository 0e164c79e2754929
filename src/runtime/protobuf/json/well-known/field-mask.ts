import { JsonError } from "../../errors.ts";
import type { FieldMask } from "../../google/protobuf/field_mask.ts";
import type { JsonValue, MessageInit } from "../../message-type.ts";
import { readJsonString, show } from "../read.ts";
import { writeJsonString } from "../write.ts";

/** One string of lowerCamelCase paths: `user.displayName,photo`. */
export function writeFieldMaskJson(
  m: MessageInit<FieldMask>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  const paths = (m.paths ?? []).map((path) => {
    const camel = path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    // A path that would not come back the same has no JSON form.
    if (path !== toSnake(camel) || /[_,]/.test(camel))
      throw new JsonError(`path ${show(path)} has no JSON form`);
    return camel;
  });
  return writeJsonString(paths.join(","), b, p);
}

export function readFieldMaskJson(json: JsonValue, _options?: unknown, _depth?: unknown): FieldMask {
  const text = readJsonString(json);
  if (text === "") return { paths: [] };
  return {
    paths: text.split(",").map((path) => {
      if (path.includes("_")) throw new JsonError(`path ${show(path)} is not lowerCamelCase`);
      return toSnake(path);
    }),
  };
}

function toSnake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
