import type { Field } from "../../schema/schema.ts";
import { defaultValue, mapKeyType, valueType } from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { closedEnum, readEnd, readValue } from "./read-value.ts";
import { zeroValue } from "./slots.ts";
import { tagOf, wireType } from "./wire.ts";
import { ENTRY, readRecords, type WireRecord } from "./wire-records.ts";

/** Reads an entry of a map and sets it; `x` is the variable that holds the map. */
export function decodeEntry(w: CodeWriter, field: Field, x: string): void {
  const keyScalar = field.mapKey ?? "string";
  const text = mapKeyType(keyScalar) === "string";
  const key: Field = {
    ...field,
    number: 1,
    type: { kind: "scalar", scalar: keyScalar },
    cardinality: "singular",
  };
  const value: Field = { ...field, number: 2, cardinality: "singular" };
  const isMessageValue = field.type.kind === "message";
  const zero =
    closedEnum(w, field.type) === undefined
      ? "0"
      : defaultValue(w.scope, { ...value, defaultValue: undefined });
  const valueDefault = isMessageValue ? undefined : field.type.kind === "scalar" ? zeroValue(w, value) : zero;
  const keyDefault = keyScalar === "string" ? '""' : keyScalar === "bool" ? '"false"' : text ? '"0"' : "0";
  const type = valueType(w.scope, w.file, field.type);
  const closed = closedEnum(w, field.type);
  readEnd(w, "n", "e");
  w.line("const end = n;");
  w.line(`let key: ${text ? "string" : "number"} = ${keyDefault};`);
  w.line(
    isMessageValue
      ? `let value: ${type} | undefined;`
      : `let value: ${closed === undefined ? type : "number"} = ${valueDefault};`,
  );
  const readKey = (): void => {
    if (keyScalar === "string") {
      readEnd(w, "n", "end");
      const lax = field.verifyUtf8 ? "" : ", true";
      w.lines(`key = ${w.runtime("readKey")}(b, p, n${lax});\np = n;`);
      return;
    }
    readValue(w, key, "undefined", (v) => w.line(`key = ${text ? `String(${v})` : v};`), "n", "end");
  };
  const readEntryValue = (): void => readValue(w, value, "value", (v) => w.line(`value = ${v};`), "n", "end");
  const records: WireRecord[] = [
    { number: 1, tag: tagOf(1, wireType(key.type)), many: false, read: readKey },
    { number: 2, tag: tagOf(2, wireType(value.type)), many: false, read: readEntryValue },
  ];
  readRecords(w, ENTRY, records, () => w.line(`p = ${w.runtime("skipField")}(inner, b, p, end, depth);`));
  w.line(`if (p !== end) ${w.runtime("truncated")}();`);
  const set = (v: string): void => {
    if (keyScalar === "string") w.line(`${w.runtime("setEntry")}(${x}, key, ${v});`);
    else w.line(`${x}[key] = ${v};`);
  };
  if (isMessageValue && field.type.kind === "message")
    set(`value ?? ${messageFunction(w, field.type.typeName, "create")}()`);
  else if (closed === undefined) set("value");
  else {
    w.block(`if (${closed}.names.has(value)) {`, () => set(`value as ${type}`), "} else {");
    w.lines(`  $unknown = ${w.runtime("keepUnknown")}($unknown, b, at, p);\n}`);
  }
}
