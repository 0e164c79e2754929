import type { Field, ValueType } from "../../schema/schema.ts";
import { valueType } from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { fixedRoom, fromLong, helperName, tagOf, wireType } from "./wire.ts";

/**
 * Statements that read a length and leave `p` behind it and the end of the content in `n`. One byte is read in place,
 * and not checked: whoever goes beyond `end` so finds out there. A longer length could ask for much memory before.
 */
export function readEnd(w: CodeWriter, n: string, end: string): void {
  w.again(
    `readEnd ${n} ${end}`,
    () => `${n} = b[p++]! + p;
if (!(${n} < p + 128)) { ${n} = ${w.runtime("readEnd")}(b, p - 1, ${end}); p = ${w.runtime("cursor")}.p; }`,
  );
}

/**
 * Reads one value of a fixed-size type at `p` and hands its expression to `take`; `p` is then behind it. One-byte
 * varints are read in place.
 */
export function readFixed(w: CodeWriter, type: ValueType, take: (expression: string) => void): void {
  const scalar = type.kind === "scalar" ? type.scalar : "int32";
  const helper = w.runtime(`read${helperName(scalar)}`);
  if (wireType(type) !== 0) {
    take(fromLong(w, type, `${helper}(b, p)`, "Binary"));
    w.line(`p += ${fixedRoom(type)};`);
    return;
  }
  const cursor = w.runtime("cursor");
  // Past the end there is undefined, which is not below 128 and makes the helper complain.
  if (scalar === "int32" || scalar === "uint32" || scalar === "sint32") {
    const test = scalar === "sint32" ? "if (v < 128) v = (v >>> 1) ^ -(v & 1);\nelse {" : "if (!(v < 128)) {";
    w.lines(
      `let v = b[p++]!;
${test} v = ${helper}(b, p - 1); p = ${cursor}.p; }`,
    );
    take("v");
    return;
  }
  if (scalar === "bool") {
    w.lines(
      `const v = b[p++]!;
let flag = v !== 0;
if (!(v < 128)) { flag = ${helper}(b, p - 1); p = ${cursor}.p; }`,
    );
    take("flag");
    return;
  }
  if (scalar === "int64" || scalar === "uint64") {
    w.lines(
      `const v = b[p++]!;
let big: bigint;
if (v < 128) big = BigInt(v);
else { big = ${helper}(b, p - 1); p = ${cursor}.p; }`,
    );
    take(fromLong(w, type, "big", "Binary"));
    return;
  }
  take(fromLong(w, type, `${helper}(b, p)`, "Binary"));
  w.line(`p = ${cursor}.p;`);
}

/** Reads one value of any type at `p`; `n` and `end` name the variables for its length and the end of what holds it. */
export function readValue(
  w: CodeWriter,
  field: Field,
  previous: string,
  take: (expression: string) => void,
  n = "n",
  end = "e",
): void {
  const { type } = field;
  if (fixedRoom(type) !== undefined) {
    readFixed(w, type, take);
    return;
  }
  if (type.kind === "message") {
    const decode = messageFunction(w, type.typeName, "decode");
    if (type.delimited) {
      w.line(`const next = ${w.runtime("groupEnd")}(${tagOf(field.number, 3)}, b, p, ${end}, depth);`);
      take(`${decode}(b, p, ${w.runtime("cursor")}.p, ${previous}, depth + 1)`);
      w.line("p = next;");
      return;
    }
    readEnd(w, n, end);
    take(`${decode}(b, p, ${n}, ${previous}, depth + 1)`);
  } else {
    readEnd(w, n, end);
    const bytes = type.kind === "scalar" && type.scalar === "bytes";
    const helper = bytes ? "readBytes" : field.verifyUtf8 ? "readString" : "readStringUnchecked";
    take(`${w.runtime(helper)}(b, p, ${n})`);
  }
  w.line(`p = ${n};`);
}

export function closedEnum(w: CodeWriter, type: ValueType): string | undefined {
  if (type.kind !== "enum" || w.scope.schema.enums.get(type.typeName)?.open !== false) return undefined;
  return enumTable(w, type.typeName);
}

/** Local name of an enum's table. */
export function enumTable(w: CodeWriter, typeName: string): string {
  const { lowerName, codecModule } = w.scope.named(typeName);
  return w.file.value(codecModule, `${lowerName}Table`);
}

/** A value of enum type as that type; closed enums send strangers to the unknown fields. */
export function takeEnum(
  w: CodeWriter,
  field: Field,
  take: (expression: string) => void,
): (x: string) => void {
  if (field.type.kind !== "enum") return take;
  const table = closedEnum(w, field.type);
  if (table === undefined) return take;
  const type = valueType(w.scope, w.file, field.type);
  return (x) => {
    w.block(`if (${table}.names.has(${x})) {`, () => take(`${x} as ${type}`), "} else {");
    w.lines(`  $unknown = ${w.runtime("keepUnknownEnum")}($unknown, ${field.number}, ${x});\n}`);
  };
}
