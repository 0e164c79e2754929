import { parseInlineOptions } from "./parse-options.ts";
import { parseTypeName } from "./parse-type.ts";
import type { Token } from "./scan.ts";
import type { FieldNode, MessageNode, NameNode, OneofNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/** What a declaration needs to know of where it stands. */
export interface Scope {
  readonly edition: string;
  /** Does the file say so itself? */
  readonly isDeclared: boolean;
  /** Levels of messages around. */
  readonly depth: number;
}

/** As many levels of messages protoc and buf take. */
const maxDepth = 31;

/** Refuses one more level of messages: a nested one, a group's or the hidden one of a map. */
export function refuseDepth(reader: TokenReader, { depth }: Scope, at: number): void {
  if (depth >= maxDepth) reader.fail(`Messages are nested deeper than ${maxDepth} levels; move one out.`, at);
}

/** Reads the block of a group, which is a message. */
export type ParseGroupBody = (reader: TokenReader, scope: Scope, name: NameNode, first: Token) => MessageNode;

/** A field, map or group. A group's message is put into `parent`. */
export function parseField(
  reader: TokenReader,
  scope: Scope,
  parent: { messages: MessageNode[] },
  oneof: OneofNode | undefined,
  parseGroupBody: ParseGroupBody,
): FieldNode {
  const first = reader.peek();
  const label = parseLabel(reader, scope, oneof);
  if (reader.at("map") && reader.peek(1).text === "<") return parseMap(reader, scope, first, label, oneof);
  if (reader.at("group") && reader.peek(1).kind === "name" && reader.peek(2).text === "=") {
    return parseGroup(reader, scope, parent, first, label, oneof, parseGroupBody);
  }
  const type = parseTypeName(reader, "a field's type");
  if (reader.at("=")) {
    reader.fail(`"${type.text}" has a type or a name, not both; write "type name = number;".`, type.at);
  }
  refuseOtherForms(reader, type);
  const name = reader.name("the field's name");
  if (name.text === "repeated" && !reader.at("="))
    reader.fail(`Labels stand in front; write "repeated ${type.text} name = number;".`, name.at);
  const number = parseNumber(reader, name);
  if (label === undefined) refuseNoLabel(reader, scope, oneof, type);
  const options = parseInlineOptions(reader);
  reader.expect(";", "after the field");
  return {
    name,
    comment: reader.commentOf(first),
    options,
    label,
    labelAt: first.at,
    type,
    mapKey: undefined,
    mapEntry: undefined,
    number,
    oneof,
    isGroup: false,
  };
}

/** Fields as other languages write them: `Type[] name`, `list<Type> name`, `name: Type`. */
function refuseOtherForms(reader: TokenReader, { text, at }: NameNode): void {
  if (reader.at("[") && reader.peek(1).text === "]")
    reader.fail(`A list is written "repeated ${text} name = number;".`, at);
  if (reader.at("<")) {
    const fix = /map|dict/i.test(text) ? "map<key, value> name = number;" : "repeated Type name = number;";
    reader.fail(`There is no "${text}<>"; write "${fix}".`, at);
  }
  if (reader.at(":")) reader.fail(`A field is written "type ${text} = number;".`, at);
}

function parseLabel(reader: TokenReader, scope: Scope, oneof: OneofNode | undefined): FieldNode["label"] {
  const word = reader.peek().text;
  if (word !== "optional" && word !== "required" && word !== "repeated") return undefined;
  if (oneof !== undefined) reader.fail(`A field of a oneof has no label; remove "${word}".`);
  if (word === "required" && scope.edition === "proto3") {
    reader.fail(`proto3 has no required fields; remove "required".`);
  }
  if (scope.edition !== "proto2" && scope.edition !== "proto3" && word !== "repeated") {
    const feature = word === "optional" ? "EXPLICIT" : "LEGACY_REQUIRED";
    reader.fail(
      `Editions have no "${word}"; write [features.field_presence = ${feature}] behind the number.`,
    );
  }
  reader.next();
  return word;
}

function refuseNoLabel(
  reader: TokenReader,
  scope: Scope,
  oneof: OneofNode | undefined,
  type: NameNode,
): void {
  if (oneof !== undefined || scope.edition !== "proto2") return;
  // Told once: of one place only the first mistake is.
  if (!scope.isDeclared)
    reader.fail(
      'This file does not say its syntax, so it is proto2, where fields have labels; write syntax = "proto3"; first.',
      0,
    );
  reader.fail(
    `Write "optional", "required" or "repeated" before "${type.text}"; proto2 wants a label.`,
    type.at,
  );
}

function parseNumber(reader: TokenReader, name: NameNode) {
  reader.expect("=", `and a number after "${name.text}"`);
  return reader.integer("the field's number");
}

function parseMap(
  reader: TokenReader,
  scope: Scope,
  first: Token,
  label: FieldNode["label"],
  oneof: OneofNode | undefined,
): FieldNode {
  if (label !== undefined) reader.fail(`A map has no label; remove "${label}".`, first.at);
  if (oneof !== undefined) reader.fail("A map cannot be in a oneof; put it into a message of its own.");
  refuseDepth(reader, scope, first.at);
  reader.next();
  reader.expect("<", `after "map"`);
  const mapKey = parseTypeName(reader, "the type of the map's keys");
  reader.expect(",", "after the type of the map's keys");
  const type = parseTypeName(reader, "the type of the map's values");
  reader.expect(">", "after the type of the map's values");
  const name = reader.name("the field's name");
  const number = parseNumber(reader, name);
  const options = parseInlineOptions(reader);
  reader.expect(";", "after the field");
  const comment = reader.commentOf(first);
  return {
    name,
    comment,
    options,
    label,
    labelAt: first.at,
    type,
    mapKey,
    mapEntry: { key: entryField("key", mapKey, 1n), value: entryField("value", type, 2n) },
    number,
    oneof,
    isGroup: false,
  };
}

function entryField(name: string, type: NameNode, number: bigint): FieldNode {
  return {
    name: { text: name, at: type.at },
    comment: undefined,
    options: [],
    label: undefined,
    labelAt: type.at,
    type,
    mapKey: undefined,
    mapEntry: undefined,
    number: { value: number, at: type.at },
    oneof: undefined,
    isGroup: false,
  };
}

function parseGroup(
  reader: TokenReader,
  scope: Scope,
  parent: { messages: MessageNode[] },
  first: Token,
  label: FieldNode["label"],
  oneof: OneofNode | undefined,
  parseGroupBody: ParseGroupBody,
): FieldNode {
  if (scope.edition !== "proto2") reader.fail("Groups exist in proto2 only; use a nested message.");
  reader.next();
  const name = reader.name("the group's name");
  const number = parseNumber(reader, name);
  if (label === undefined) refuseNoLabel(reader, scope, oneof, { text: "group", at: first.at });
  if (!/^[A-Z]/.test(name.text)) {
    reader.fail(
      `The name of a group starts with a capital letter; write "${capitalise(name.text)}".`,
      name.at,
    );
  }
  const options = parseInlineOptions(reader);
  const message = parseGroupBody(reader, scope, name, first);
  parent.messages.push(message);
  return {
    name: { text: name.text.toLowerCase(), at: name.at },
    comment: message.comment,
    options,
    label,
    labelAt: first.at,
    type: name,
    mapKey: undefined,
    mapEntry: undefined,
    number,
    oneof,
    isGroup: true,
  };
}

function capitalise(name: string): string {
  return name.replace(/^_*./, (start) => start.replace(/_/g, "").toUpperCase());
}
