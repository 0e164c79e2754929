import { isBefore2024 } from "./editions.ts";
import { parseEnum, parseRanges, parseReserved, parseVisibility } from "./parse-enum.ts";
import { parseField, refuseDepth, type Scope } from "./parse-field.ts";
import { parseInlineOptions, parseOptionStatement } from "./parse-options.ts";
import { parseTypeName } from "./parse-type.ts";
import type { Token } from "./scan.ts";
import type { ExtendNode, MessageNode, NameNode, OneofNode, OptionNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

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

/** A group's message: what follows its name, number and options. */
function parseGroupBody(reader: TokenReader, scope: Scope, name: NameNode, first: Token): MessageNode {
  return parseMessageBody(reader, scope, createMessage(name, [], true, undefined), first);
}

function parseMessageBody(
  reader: TokenReader,
  scope: Scope,
  message: MessageNode,
  first: Token,
): MessageNode {
  refuseDepth(reader, scope, message.name.at);
  const open = reader.expect("{", "after the message's name");
  const node = { ...message, comment: reader.commentOf(first) };
  const inner = { ...scope, depth: scope.depth + 1 };
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => parseMessageStatement(reader, inner, node));
  }
  return node;
}

function parseMessageStatement(reader: TokenReader, scope: Scope, node: MessageNode): void {
  if (reader.skip(";")) return;
  // As protoc: what begins with such a word is never a field. A field's type begins with a dot then.
  switch (reader.peek().text) {
    case "message":
      node.messages.push(parseMessage(reader, scope));
      return;
    case "enum":
      node.enums.push(parseEnum(reader, scope.edition));
      return;
    case "export":
    case "local":
      // Before edition 2024 these are names like any other.
      if (isBefore2024(scope.edition) && !isDeclaration(reader)) break;
      if (reader.peek(1).text === "enum") node.enums.push(parseEnum(reader, scope.edition));
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
      if (reader.peek(2).text === "{")
        reader.fail("A service cannot stand inside a message; move it to the top level.");
      break;
    case "rpc":
      if (reader.peek(2).text === "(")
        reader.fail("An rpc cannot stand inside a message; move it into a service.");
  }
  node.fields.push(parseField(reader, scope, node, undefined, parseGroupBody));
}

/** `export message Name {`, while `export message = 1;` is a field of the type `export`. */
function isDeclaration(reader: TokenReader): boolean {
  const word = reader.peek(1).text;
  return (word === "message" || word === "enum") && reader.peek(2).text !== "=";
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
      if (reader.skip("option")) {
        parseOptionStatement(reader, node.options);
        return;
      }
      const field = parseField(reader, scope, message, node, parseGroupBody);
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
  const { at } = reader.next();
  const extendee = parseTypeName(reader, "the message to extend");
  const open = reader.expect("{", "after the extended message");
  const node: ExtendNode = { extendee, fields: [] };
  parent.extends.push(node);
  if (reader.at("}")) reader.fail("An extend declares at least one extension; add one or remove it.", at);
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => {
      refuseLoneSemicolon(reader, "an extend");
      node.fields.push(parseField(reader, scope, parent, undefined, parseGroupBody));
    });
  }
}
