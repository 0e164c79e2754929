import { cursor } from "../binary/state.ts";
import type { JsonReadOptions } from "../message-type.ts";
import type { EnumTable } from "./enum-table.ts";
import { fail, shorten } from "./fail.ts";
import { expected, skipText } from "./input.ts";
import { readJsonInt32 } from "./read-int32.ts";
import { readJsonString } from "./read-string.ts";

export function readJsonBool(b: Uint8Array): boolean {
  return skipText(b, "true") || (skipText(b, "false") ? false : expected("true or false", b));
}

/** Undefined for an unknown name when unknown fields are ignored: the field is then as if absent. */
export function readJsonEnum(
  b: Uint8Array,
  table: EnumTable,
  options: JsonReadOptions | undefined,
): number | undefined {
  const first = b[cursor.p] as number;
  if (first === 34) {
    const name = readJsonString(b);
    const number = table.numbers.get(name);
    if (number === undefined && options?.ignoreUnknownFields !== true)
      fail(`${shorten(JSON.stringify(name))} is no value of ${table.typeName}`);
    return number;
  }
  if (first !== 45 && !(first > 47 && first < 58)) expected(`a name or number of ${table.typeName}`, b);
  return readJsonInt32(b);
}
