import { parseEnum, parseRanges, parseReserved, parseVisibility } from "./parse-enum.ts";
import { parseInlineOptions, parseOptionStatement } from "./parse-options.ts";
import type { Token } from "./scan.ts";
import type { ExtendNode, FieldNode, MessageNode, NameNode, OneofNode, OptionNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/** What a declaration needs to know of where it stands. */
export interface Scope {
  readonly edition: string;
  /** Levels of messages around. */
  readonly depth: number;
}

/** protoc's limit for nested messages. */
const maxDepth = 31;

/** `message Name { ... }`, the keyword not yet read. */
export function parseMessage(reader: TokenReader, scope: Scope): MessageNode {
  const first = reader.peek();
  const visibility = parseVisibility(reader, scope.edition);
  reader.expect("message", "here");
  const name = reader.name("the message's name");
  const node = createMessage(name, [], false, visibility);
  return parseMessageBody(reader, scope, node, first);
}

function createMessage(
  name: NameNode,
  options: OptionNode[],
  isGroup: boolean,
  visibility: MessageNode["visibility"],
): MessageNode {
  return {
    name,
    comment: undefined,
    options,
    fields: [],
    oneofs: [],
    messages: [],
    enums: [],
    extends: [],
    extensionRanges: [],
    reservedRanges: [],
    reservedNames: [],
    isGroup,
    visibility,
  };
}

function parseMessageBody(
  reader: TokenReader,
  scope: Scope,
  message: MessageNode,
  first: Token,
): MessageNode {
  if (scope.depth > maxDepth) {
    reader.fail(`Messages are nested deeper than ${maxDepth + 1} levels; move one out.`, message.name.at);
  }
  const open = reader.expect("{", "after the message's name");
  const node = { ...message, comment: reader.commentOf(first) };
  const inner = { edition: scope.edition, depth: scope.depth + 1 };
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => parseMessageStatement(reader, inner, node));
  }
  return node;
}

function parseMessageStatement(reader: TokenReader, scope: Scope, node: MessageNode): void {
  if (reader.skip(";")) return;
  const word = reader.peek().text;
  const following = reader.peek(1);
  // Keywords are not reserved: `message.Type` names a package.
  if (following.text !== ".") {
    switch (word) {
      case "message":
        node.messages.push(parseMessage(reader, scope));
        return;
      case "enum":
        node.enums.push(parseEnum(reader, scope.edition));
        return;
      case "export":
      case "local":
        if (following.text === "enum") node.enums.push(parseEnum(reader, scope.edition));
        else node.messages.push(parseMessage(reader, scope));
        return;
      case "extend":
        parseExtend(reader, scope, node);
        return;
      case "oneof":
        parseOneof(reader, scope, node);
        return;
      case "option":
        reader.next();
        parseOptionStatement(reader, node.options);
        return;
      case "reserved":
        reader.next();
        parseReserved(reader, node, { edition: scope.edition, mayBeNegative: false });
        return;
      case "extensions":
        reader.next();
        parseExtensions(reader, node);
        return;
      case "service":
        reader.fail("A service cannot stand inside a message; move it to the top level.");
        break;
      case "rpc":
        reader.fail("An rpc cannot stand inside a message; move it into a service.");
    }
  }
  node.fields.push(parseField(reader, scope, node, undefined));
}

function parseExtensions(reader: TokenReader, node: MessageNode): void {
  const ranges = parseRanges(reader, false);
  const options = parseInlineOptions(reader);
  for (const range of ranges) node.extensionRanges.push({ ...range, options });
  reader.expect(";", "after the extension range");
}

function parseOneof(reader: TokenReader, scope: Scope, message: MessageNode): void {
  const first = reader.next();
  const name = reader.name("the oneof's name");
  const open = reader.expect("{", "after the oneof's name");
  const node: OneofNode = { name, comment: reader.commentOf(first), options: [], fields: [] };
  message.oneofs.push(node);
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => {
      refuseLoneSemicolon(reader, "a oneof");
      if (reader.at("option") && (reader.peek(1).kind === "name" || reader.peek(1).text === "(")) {
        reader.next();
        parseOptionStatement(reader, node.options);
        return;
      }
      const field = parseField(reader, scope, message, node);
      node.fields.push(field);
      message.fields.push(field);
    });
  }
}

/** buf takes it, protoc does not. */
function refuseLoneSemicolon(reader: TokenReader, where: string): void {
  if (reader.at(";")) reader.fail(`A ";" cannot stand alone in ${where}; remove it.`);
}

/** `extend Type { ... }`, the keyword not yet read. */
export function parseExtend(
  reader: TokenReader,
  scope: Scope,
  parent: { extends: ExtendNode[]; messages: MessageNode[] },
): void {
  reader.next();
  const extendee = reader.fullName("the message to extend", true);
  const open = reader.expect("{", "after the extended message");
  const node: ExtendNode = { extendee, fields: [] };
  parent.extends.push(node);
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => {
      refuseLoneSemicolon(reader, "an extend");
      node.fields.push(parseField(reader, scope, parent, undefined));
    });
  }
}

/** A field, map or group. A group's message is put into `parent`. */
function parseField(
  reader: TokenReader,
  scope: Scope,
  parent: { messages: MessageNode[] },
  oneof: OneofNode | undefined,
): FieldNode {
  const first = reader.peek();
  const label = parseLabel(reader, scope, oneof);
  if (reader.at("map") && reader.peek(1).text === "<") return parseMap(reader, first, label, oneof);
  if (reader.at("group") && reader.peek(1).kind === "name" && reader.peek(2).text === "=") {
    return parseGroup(reader, scope, parent, first, label, oneof);
  }
  const type = reader.fullName("a field's type", true);
  if (reader.at("=")) {
    reader.fail(`"${type.text}" has a type or a name, not both; write "type name = number;".`, type.at);
  }
  const name = reader.name("the field's name");
  const number = parseNumber(reader, name);
  if (label === undefined && oneof === undefined && scope.edition === "proto2") {
    reader.fail(
      `Write "optional", "required" or "repeated" before "${type.text}"; proto2 wants a label.`,
      type.at,
    );
  }
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

function parseLabel(reader: TokenReader, scope: Scope, oneof: OneofNode | undefined): FieldNode["label"] {
  const token = reader.peek();
  const word = token.text;
  if (word !== "optional" && word !== "required" && word !== "repeated") return undefined;
  // `optional.Type x = 1;` names a package.
  if (
    reader.peek(1).text === "." &&
    reader.peek(1).end === reader.peek(2).at &&
    token.end === reader.peek(1).at
  ) {
    return undefined;
  }
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

function parseNumber(reader: TokenReader, name: NameNode) {
  reader.expect("=", `and a number after "${name.text}"`);
  return reader.integer("the field's number");
}

function parseMap(
  reader: TokenReader,
  first: Token,
  label: FieldNode["label"],
  oneof: OneofNode | undefined,
): FieldNode {
  if (label !== undefined) reader.fail(`A map has no label; remove "${label}".`, first.at);
  if (oneof !== undefined) reader.fail("A map cannot be in a oneof; put it into a message of its own.");
  reader.next();
  reader.expect("<", `after "map"`);
  const mapKey = reader.fullName("the type of the map's keys", true);
  reader.expect(",", "after the type of the map's keys");
  const type = reader.fullName("the type of the map's values", true);
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
): FieldNode {
  if (scope.edition !== "proto2") reader.fail("Groups exist in proto2 only; use a nested message.");
  reader.next();
  const name = reader.name("the group's name");
  const number = parseNumber(reader, name);
  if (!/^[A-Z]/.test(name.text)) {
    reader.fail(
      `The name of a group starts with a capital letter; write "${capitalise(name.text)}".`,
      name.at,
    );
  }
  const options = parseInlineOptions(reader);
  const message = parseMessageBody(reader, scope, createMessage(name, [], true, undefined), first);
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
