import { wrong } from "../binary/write-varint.ts";
import type { EnumTable } from "./enum-table.ts";
import { writeAscii, writeQuoted } from "./write.ts";

/** At most 5 bytes. */
export function writeJsonBool(v: boolean, b: Uint8Array, p: number): number {
  if (v !== true && v !== false) wrong("bool", v);
  if (v) {
    b[p] = 116;
    b[p + 1] = 114;
    b[p + 2] = 117;
  } else {
    b[p++] = 102;
    b[p] = 97;
    b[p + 1] = 108;
    b[p + 2] = 115;
  }
  b[p + 3] = 101;
  return p + 4;
}

/** The value's name; a number the enum does not know stays a number. */
export function writeJsonEnum(table: EnumTable, v: number, b: Uint8Array, p: number): number {
  const name = table.names.get(v);
  if (name === undefined) return writeAscii(String(v | 0), b, (v | 0) === v ? p : wrong("enum number", v));
  return writeQuoted(name, b, p);
}
