import type { Field, Message, ValueType } from "../../schema/schema.ts";
import {
  defaultValue,
  fieldType,
  isOptional,
  mapKeyType,
  type Slot,
  slotVariable,
  valueType,
} from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { fixedRoom, fromLong, helperName, tagOf, wireType } from "./wire.ts";

/** `decodeX(b, p, e, prev, depth)`: reads the message that fills `p..e`, merged into `prev`. */
export function printDecode(w: CodeWriter, message: Message): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const bytes = w.file.global("Uint8Array");
  const slots = w.slots(message);
  const required = message.fields.filter((field) => field.presence === "required");
  const hasLengths = message.fields.some(needsLength);
  const parameters = [`b: ${bytes}`, "p: number", "e: number", `prev: ${type} | undefined`, "depth: number"];
  w.func(`export function decode${name}`, parameters, type, () => {
    if (w.scope.isCyclic(message))
      w.line(`if (depth > ${w.runtime("MAX_DEPTH")}) ${w.runtime("tooDeep")}();`);
    for (const slot of slots) w.line(declareSlot(w, type, slot));
    w.line(`let $unknown: ${bytes} | undefined;`);
    for (const field of required) w.line(`let has${field.number} = false;`);
    w.block("if (prev !== undefined) {", () => {
      for (const slot of slots) w.line(`${slotVariable(slot)} = prev.${slot.property};`);
      w.line("$unknown = prev.$unknown;");
      for (const field of required) w.line(`has${field.number} = true;`);
    });
    if (hasLengths) w.line("let n = 0;");
    const records = slots
      .flatMap((slot) => (slot.kind === "field" ? fieldRecords(w, slot) : memberRecords(w, slot)))
      .sort((one, other) => one.number - other.number);
    readRecords(w, MESSAGE, records, () => {
      w.line(`p = ${w.runtime("skipField")}(tag, b, p, e, depth);`);
      w.line(`$unknown = ${w.runtime("keepUnknown")}($unknown, b, at, p);`);
    });
    w.line(`if (p !== e) ${w.runtime("truncated")}();`);
    for (const field of required)
      w.line(
        `if (!has${field.number}) ${w.runtime("absent")}(${JSON.stringify(`${message.fullName}.${field.name}`)});`,
      );
    returnMessage(w, type, slots, true);
  });
}

/** What may stand in a message: the tag it begins with and the statements that read the rest. */
interface WireRecord {
  readonly number: number;
  readonly tag: number;
  readonly many: boolean;
  readonly read: () => void;
}

/** Names of the variables of a loop over records. */
interface LoopNames {
  readonly end: string;
  readonly tag: string;
  /** Where the current record begins. */
  readonly at: string;
  /** Where the current turn of the loop began. */
  readonly turn: string;
}

const MESSAGE: LoopNames = { end: "e", tag: "tag", at: "at", turn: "turn" };
const ENTRY: LoopNames = { end: "end", tag: "inner", at: "start", turn: "entry" };

/**
 * The loop over the records up to `end`. Writers put fields in the order of their numbers, so one turn asks for the known
 * tags in that order, each time after the last one read: a whole message usually takes one turn and few comparisons.
 * What a turn meets too late begins the next one; what a turn begins with and does not know is unknown.
 */
function readRecords(
  w: CodeWriter,
  { end, tag, at, turn }: LoopNames,
  records: readonly WireRecord[],
  unknown: () => void,
): void {
  const resolve = (): void =>
    w.block(`if (${tag} > 127) {`, () =>
      w.line(`${tag} = ${w.runtime("readTag")}(b, ${at});`, `p = ${w.runtime("cursor")}.p;`),
    );
  // Whether one turn may read several records.
  const several = records.length > 1 || records[0]?.many === true;
  w.block(`while (p < ${end}) {`, () => {
    if (several) w.line(`const ${turn} = p;`);
    w.line(`${several ? "let" : "const"} ${at} = p;`, `let ${tag} = b[p++] as number;`);
    resolve();
    records.forEach((record, index) => {
      // The last record read may have found the first byte of a longer tag.
      if (record.tag > 127 && index > 0 && (records[index - 1]?.tag ?? 0) < 128) resolve();
      w.block(`${record.many ? "while" : "if"} (${tag} === ${record.tag}) {`, () => {
        record.read();
        if (index === records.length - 1 && !record.many) {
          w.line("continue;");
          return;
        }
        w.line(`${at} = p;`, `${tag} = p < ${end} ? (b[p++] as number) : 0;`);
        if (record.tag > 127) resolve();
      });
    });
    if (several) w.block(`if (${at} !== ${turn}) {`, () => w.line(`p = ${at};`, "continue;"));
    unknown();
  });
}

/** `return { ... }` with all properties in declaration order: one hidden class for V8. */
export function returnMessage(w: CodeWriter, type: string, slots: readonly Slot[], unknown: boolean): void {
  const fields = slots.map((slot) => `${slot.property}: ${slotVariable(slot)}`);
  const literal =
    fields.join(", ").length > 80 ? undefined : `{ ${fields.join(", ")} }`.replace("{  }", "{}");
  const head = unknown ? `const message: ${type} = ` : "return ";
  if (literal !== undefined) w.line(`${head}${literal};`);
  else w.block(`${head}{`, () => w.line(...fields.map((field) => `${field},`)), "};");
  if (unknown) w.line("if ($unknown !== undefined) message.$unknown = $unknown;", "return message;");
}

/** The variable that a slot is collected in. */
export function declareSlot(w: CodeWriter, type: string, slot: Slot): string {
  const variable = slotVariable(slot);
  if (slot.kind === "oneof") return `let ${variable}: ${type}[${JSON.stringify(slot.property)}];`;
  const { field } = slot;
  const declared = `let ${variable}: ${fieldType(w.scope, w.file, field)}`;
  if (isOptional(field)) return `${declared} | undefined;`;
  if (field.cardinality === "repeated") return `${declared} = [];`;
  if (field.cardinality === "map") return `${declared} = {};`;
  return `${declared} = ${zeroValue(w, field)};`;
}

/** The default of a field that has one. Absent bytes share one empty array: making an empty one takes V8 200 ns. */
export function zeroValue(w: CodeWriter, field: Field): string {
  if (field.type.kind === "scalar" && field.type.scalar === "bytes") return w.runtime("NO_BYTES");
  return defaultValue(w.scope, field);
}

function needsLength(field: Field): boolean {
  if (field.cardinality === "map") return true;
  // Numbers may come packed.
  return (
    wireType(field.type) === 2 || (field.cardinality === "repeated" && fixedRoom(field.type) !== undefined)
  );
}

/** Statements that leave the length in `n` and `p` behind it, checked against `end`. */
function readLength(w: CodeWriter, n: string, end: string): void {
  w.line(`${n} = b[p++] as number;`);
  w.block(`if (!(${n} < 128)) {`, () =>
    w.line(`${n} = ${w.runtime("readLength")}(b, p - 1);`, `p = ${w.runtime("cursor")}.p;`),
  );
  w.line(`if (!(p + ${n} <= ${end})) ${w.runtime("truncated")}();`);
}

/**
 * Reads one value of a fixed-size type at `p` and hands its expression to `take`; `p` is then behind it. One-byte
 * varints are read in place.
 */
function readFixed(w: CodeWriter, type: ValueType, take: (expression: string) => void): void {
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
    w.line("let v = b[p++] as number;");
    const slow = (): void => w.line(`v = ${helper}(b, p - 1);`, `p = ${cursor}.p;`);
    if (scalar === "sint32") {
      w.line("if (v < 128) v = (v >>> 1) ^ -(v & 1);");
      w.block("else {", slow);
    } else w.block("if (!(v < 128)) {", slow);
    take("v");
    return;
  }
  if (scalar === "bool") {
    w.line("const v = b[p++] as number;", "let flag = v !== 0;");
    w.block("if (!(v < 128)) {", () => w.line(`flag = ${helper}(b, p - 1);`, `p = ${cursor}.p;`));
    take("flag");
    return;
  }
  if (scalar === "int64" || scalar === "uint64") {
    w.line("const v = b[p++] as number;");
    w.line("let big: bigint;");
    w.line("if (v < 128) big = BigInt(v);");
    w.block("else {", () => w.line(`big = ${helper}(b, p - 1);`, `p = ${cursor}.p;`));
    take(fromLong(w, type, "big", "Binary"));
    return;
  }
  take(fromLong(w, type, `${helper}(b, p)`, "Binary"));
  w.line(`p = ${cursor}.p;`);
}

/** Reads one value of any type at `p`; `n` and `end` name the variables for its length and the end of what holds it. */
function readValue(
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
      w.line(`const next = ${w.runtime("groupEnd")}(${field.number}, b, p, ${end}, depth);`);
      take(`${decode}(b, p, ${w.runtime("cursor")}.p, ${previous}, depth + 1)`);
      w.line("p = next;");
      return;
    }
    readLength(w, n, end);
    take(`${decode}(b, p, p + ${n}, ${previous}, depth + 1)`);
  } else {
    readLength(w, n, end);
    const bytes = type.kind === "scalar" && type.scalar === "bytes";
    const helper = bytes ? "readBytes" : field.verifyUtf8 ? "readString" : "readStringUnchecked";
    take(`${w.runtime(helper)}(b, p, p + ${n})`);
  }
  w.line(`p += ${n};`);
}

function closedEnum(w: CodeWriter, type: ValueType): string | undefined {
  if (type.kind !== "enum" || w.scope.schema.enums.get(type.typeName)?.open !== false) return undefined;
  return enumTable(w, type.typeName);
}

/** Local name of an enum's table. */
export function enumTable(w: CodeWriter, typeName: string): string {
  const { lowerName, codecModule } = w.scope.named(typeName);
  return w.file.value(codecModule, `${lowerName}Table`);
}

/** A value of enum type as that type; closed enums send strangers to the unknown fields. */
function takeEnum(w: CodeWriter, field: Field, take: (expression: string) => void): (x: string) => void {
  if (field.type.kind !== "enum") return take;
  const table = closedEnum(w, field.type);
  if (table === undefined) return take;
  const type = valueType(w.scope, w.file, field.type);
  return (x) => {
    w.block(`if (${table}.names.has(${x})) {`, () => take(`${x} as ${type}`), "} else {");
    w.line(`  $unknown = ${w.runtime("keepUnknownEnum")}($unknown, ${field.number}, ${x});`, "}");
  };
}

function fieldRecords(w: CodeWriter, slot: Slot & { kind: "field" }): WireRecord[] {
  const { field } = slot;
  const { number } = field;
  const x = slotVariable(slot);
  const tag = tagOf(number, wireType(field.type));
  if (field.cardinality === "map")
    return [{ number, tag: tagOf(number, 2), many: true, read: () => decodeEntry(w, field, x) }];
  if (field.cardinality === "repeated") {
    const push = takeEnum(w, field, (value) => w.line(`${x}.push(${value});`));
    const single = { number, tag, many: true, read: () => readValue(w, field, "undefined", push) };
    if (fixedRoom(field.type) === undefined) return [single];
    const packed = { number, tag: tagOf(number, 2), many: false, read: () => readPacked(w, field, push) };
    // Readers accept both forms, whatever the schema says.
    return field.packed ? [packed, single] : [single, packed];
  }
  const read = (): void => {
    readValue(
      w,
      field,
      x,
      takeEnum(w, field, (value) => w.line(`${x} = ${value};`)),
    );
    if (field.presence === "required") w.line(`has${number} = true;`);
  };
  return [{ number, tag, many: false, read }];
}

function readPacked(w: CodeWriter, field: Field, push: (value: string) => void): void {
  readLength(w, "n", "e");
  w.line("const end = p + n;");
  w.block("while (p < end) {", () => readFixed(w, field.type, push));
  w.line(`if (p !== end) ${w.runtime("truncated")}();`);
}

function memberRecords(w: CodeWriter, slot: Slot & { kind: "oneof" }): WireRecord[] {
  const x = slotVariable(slot);
  return slot.members.map(({ name, field }) => {
    const literal = JSON.stringify(name);
    const read = (): void =>
      readValue(
        w,
        field,
        `${x} !== undefined && ${x}.case === ${literal} ? ${x}.value : undefined`,
        takeEnum(w, field, (value) => w.line(`${x} = { case: ${literal}, value: ${value} };`)),
      );
    return { number: field.number, tag: tagOf(field.number, wireType(field.type)), many: false, read };
  });
}

function decodeEntry(w: CodeWriter, field: Field, x: string): void {
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
  readLength(w, "n", "e");
  w.line("const end = p + n;");
  w.line(`let key: ${text ? "string" : "number"} = ${keyDefault};`);
  w.line(
    isMessageValue
      ? `let value: ${type} | undefined;`
      : `let value: ${closed === undefined ? type : "number"} = ${valueDefault};`,
  );
  const readKey = (): void => {
    if (keyScalar === "string") {
      readLength(w, "n", "end");
      w.line(`key = ${w.runtime("readKey")}(b, p, p + n${field.verifyUtf8 ? "" : ", true"});`, "p += n;");
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
    w.line(`  $unknown = ${w.runtime("keepUnknown")}($unknown, b, at, p);`, "}");
  }
}
