import { JsonError } from "../../errors.ts";
import type { FieldMask } from "../../google/protobuf/field_mask.ts";
import type { MessageInit } from "../../message-type.ts";
import { fail, shorten } from "../fail.ts";
import { readJsonString } from "../read-string.ts";
import type { JsonStyle } from "../style.ts";
import { writeJsonString } from "../write-string.ts";

/** One string of lowerCamelCase paths: `user.displayName,photo`. */
export function writeFieldMaskJson(
  m: MessageInit<FieldMask>,
  b: Uint8Array,
  p: number,
  style: JsonStyle,
): number {
  const paths = (m.paths ?? []).map((path) => {
    const camel = path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    // A path that would not come back the same has no JSON form.
    if (path !== toSnake(camel) || /[_,]/.test(camel))
      throw new JsonError(`path ${shorten(JSON.stringify(path))} has no JSON form`);
    return camel;
  });
  return writeJsonString(paths.join(","), b, p, style);
}

export function readFieldMaskJson(b: Uint8Array, _options?: unknown, _depth?: unknown): FieldMask {
  const text = readJsonString(b);
  if (text === "") return { paths: [] };
  return {
    paths: text.split(",").map((path) => {
      if (path.includes("_")) fail(`path ${shorten(JSON.stringify(path))} is not lowerCamelCase`);
      return toSnake(path);
    }),
  };
}

function toSnake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
