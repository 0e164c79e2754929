import type { Extension, Field, Message, Schema } from "../schema/index.ts";
import { type ChangeKind, type ChangeRules, isAtLeast, type Pair } from "./change.ts";
import { type TypeScope, typeChange, typeText } from "./compatible-types.ts";

/** Two versions of one field: the same number of the same message, or one extension. */
export interface FieldPair extends Pair<Field> {
  /** As people know it: `Field 3 "age" of shop.Order`. */
  readonly label: string;
  readonly scope: TypeScope;
}

/** Fields that both versions of a message have. */
export function* eachFieldPair({ before, after }: Pair<Message>, scope: TypeScope): Generator<FieldPair> {
  const fields = new Map(after.fields.map((field) => [field.number, field]));
  for (const field of before.fields) {
    const same = fields.get(field.number);
    const label = `Field ${field.number} "${field.name}" of ${after.fullName}`;
    if (same !== undefined) yield { before: field, after: same, label, scope };
  }
}

/** Rules about fields that were there before; the number is what makes them the same. */
export const fieldChanges: ChangeRules<FieldPair> = {
  "field-type"({ before, after, label, scope }, report) {
    const kind = changeOfType(before, after, scope);
    if (kind === undefined) return;
    const consequence = {
      wire: "Old messages are misread, or not read at all.",
      json: "The binary form stays readable, its JSON looks different.",
      source: "What is sent stays readable; code that uses the field no longer compiles.",
      safe: undefined,
    }[kind];
    const remedy = isAtLeast(kind, "json")
      ? `Add a field with a new number, and mark this one as deprecated.`
      : undefined;
    const what = `${label} was ${typeText(before)} and is ${typeText(after)}`;
    report({ kind, name: before.fullName, position: after.position, what, consequence, remedy });
  },

  "field-cardinality"({ before, after, label }, report) {
    const [was, is] = [cardinality(before), cardinality(after)];
    // Another type of map or message is told as another type.
    if (was === is || isMap(before) !== isMap(after)) return;
    const isPresence = [was, is].sort().join() === "optional,single";
    // A member of a oneof has presence by that, which has a rule of its own.
    if (isPresence && (before.oneof !== after.oneof || before.type.kind === "message")) return;
    report({
      kind: isPresence ? "source" : "wire",
      name: before.fullName,
      position: after.position,
      what: `${label} was ${was} and is ${is}`,
      consequence: isPresence
        ? "What is sent stays readable; code that asks whether it is set no longer compiles, or asks in vain."
        : was === "required" || is === "required"
          ? "A peer that requires it refuses messages without it."
          : "Of several values an old peer keeps the last, and misreads packed numbers.",
      remedy: isPresence ? undefined : "Add a field with a new number instead.",
    });
  },

  "field-name"({ before, after, label, scope }, report) {
    if (nameIn(before, scope.newName) === nameIn(after)) return;
    report({
      kind: "json",
      name: before.fullName,
      position: after.position,
      what: `${label} is called "${nameIn(after)}" now`,
      consequence: "Peers that speak JSON drop or refuse a name they do not know.",
      remedy: `Keep the name, or add a field with a new number.`,
    });
  },

  "field-json-name"({ before, after, label, scope }, report) {
    if (before.jsonName === after.jsonName || nameIn(before, scope.newName) !== nameIn(after)) return;
    report({
      kind: "json",
      name: before.fullName,
      position: after.position,
      what: `${label} was "${before.jsonName}" in JSON and is "${after.jsonName}"`,
      consequence: "Peers that speak JSON drop or refuse a name they do not know.",
      remedy: `Set json_name = "${before.jsonName}".`,
    });
  },

  "field-default"({ before, after, label, scope }, report) {
    if (before.cardinality !== "singular" || after.cardinality !== "singular") return;
    // Of another type it is told as that.
    if (before.type.kind !== after.type.kind) return;
    const [was, is] = [effectiveDefault(before, scope.before), effectiveDefault(after, scope.after)];
    if (Object.is(was.sent, is.sent)) return;
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `${label} had the default ${was.shown} and has ${is.shown}`,
      consequence: "Where it is not set, old and new peers see different values.",
      remedy: "Keep the default.",
    });
  },

  "field-oneof"({ before, after, label }, report) {
    if (before.oneof === after.oneof) return;
    const where = ({ oneof }: Field) => (oneof === undefined ? "in no oneof" : `in oneof "${oneof}"`);
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `${label} was ${where(before)} and is ${where(after)}`,
      consequence:
        "Setting one field of a oneof clears the others, so peers lose values that were set together.",
      remedy: "Leave it where it is, or add a field with a new number.",
    });
  },

  "field-js-type"({ before, after, label }, report) {
    const [was = "JS_NORMAL", is = "JS_NORMAL"] = [before.options.jstype, after.options.jstype];
    if (was === is) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${label} had jstype ${String(was)} and has ${String(is)}`,
      consequence: "Its type in JavaScript changes; code that uses it no longer compiles.",
      remedy: undefined,
    });
  },

  "field-string-type"({ before, after, label }, report) {
    const [was = "STRING", is = "STRING"] = [before.options.ctype, after.options.ctype];
    if (was === is) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${label} had ctype ${String(was)} and has ${String(is)}`,
      consequence: "Its type in C++ changes.",
      remedy: undefined,
    });
  },

  "field-utf8"({ before, after, label, scope }, report) {
    if (before.verifyUtf8 === after.verifyUtf8 || changeOfType(before, after, scope) !== undefined) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${label} ${after.verifyUtf8 ? "is now" : "is no longer"} checked to be UTF-8`,
      consequence: after.verifyUtf8
        ? "Texts that are no UTF-8 are refused from now on."
        : "Peers that check it refuse texts that are no UTF-8.",
      remedy: undefined,
    });
  },
};

function changeOfType(before: Field, after: Field, scope: TypeScope): ChangeKind | undefined {
  if (isMap(before) !== isMap(after)) return "wire";
  const value = typeChange(before.type, after.type, scope);
  if (before.mapKey === undefined || after.mapKey === undefined) return value;
  const key = typeChange(
    { kind: "scalar", scalar: before.mapKey },
    { kind: "scalar", scalar: after.mapKey },
    scope,
  );
  if (key === undefined || value === undefined) return key ?? value;
  return isAtLeast(key, value) ? key : value;
}

function isMap({ cardinality: value }: Field): boolean {
  return value === "map";
}

/** What its peers in JSON know a field by: an extension by `[its.full.name]`. */
function nameIn(field: Field | Extension, newName = (name: string) => name): string {
  return "extendee" in field ? newName(field.fullName) : field.name;
}

function cardinality({ cardinality: value, presence, oneof }: Field): string {
  if (value !== "singular") return "repeated";
  if (presence === "required") return "required";
  return presence === "explicit" && oneof === undefined ? "optional" : "single";
}

/**
 * What an unset field reads as: `shown` to people, `sent` to compare. Of an enum that is a number, and the first value where
 * none is written out; elsewhere a default that is written out and is the one of its type anyway is none.
 */
function effectiveDefault({ type, defaultValue }: Field, { enums }: Pick<Schema, "enums">) {
  if (type.kind === "enum") {
    const values = enums.get(type.typeName)?.values ?? [];
    const value = defaultValue === undefined ? values[0] : values.find(({ name }) => name === defaultValue);
    return { sent: value?.number ?? defaultValue, shown: value?.name ?? String(defaultValue ?? "none") };
  }
  const isNone = defaultValue === "" || defaultValue === 0 || defaultValue === false || defaultValue === "0";
  const sent = isNone ? undefined : defaultValue;
  return { sent, shown: sent === undefined ? "none" : JSON.stringify(sent) };
}
