import { parseOptionStatement } from "./parse-options.ts";
import { parseTypeName } from "./parse-type.ts";
import type { MethodNode, OptionNode, ServiceNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/** `service Name { ... }`, the keyword not yet read. */
export function parseService(reader: TokenReader): ServiceNode {
  const first = reader.next();
  const name = reader.name("the service's name");
  const open = reader.expect("{", "after the service's name");
  const node: ServiceNode = { name, comment: reader.commentOf(first), options: [], methods: [] };
  while (!reader.skip("}")) {
    if (reader.isUnclosed(open)) break;
    reader.recover(() => {
      if (reader.skip(";")) return;
      if (reader.skip("option")) parseOptionStatement(reader, node.options);
      else if (reader.at("rpc")) node.methods.push(parseMethod(reader));
      else if (reader.at("stream")) reader.fail(streamPlace);
      else if (reader.at("message") || reader.at("enum"))
        reader.fail("A type cannot stand inside a service; move it to the top level.");
      else reader.fail(`Expected "rpc" or "option", found "${reader.peek().text}".`);
    });
  }
  return node;
}

function parseMethod(reader: TokenReader): MethodNode {
  const first = reader.next();
  const name = reader.name("the rpc's name");
  const input = parseType(reader, "after the rpc's name", "the rpc's request");
  if (reader.at("stream")) reader.fail(streamPlace);
  reader.expect("returns", "after the rpc's request");
  const output = parseType(reader, `after "returns"`, "the rpc's response");
  const options: OptionNode[] = [];
  let comment: string | undefined;
  const hasBlock = reader.at("{");
  if (hasBlock) {
    const open = reader.next();
    comment = reader.commentOf(first);
    while (!reader.skip("}")) {
      if (reader.isUnclosed(open)) break;
      reader.recover(() => {
        if (reader.skip(";")) return;
        reader.expect("option", "in the rpc's block");
        parseOptionStatement(reader, options);
      });
    }
    reader.skip(";");
  } else {
    reader.expect(";", "after the rpc");
    comment = reader.commentOf(first);
  }
  return {
    name,
    comment,
    options,
    input: input.type,
    output: output.type,
    clientStreaming: input.isStream,
    serverStreaming: output.isStream,
    hasBlock,
  };
}

const streamPlace = 'A stream is told inside of the parentheses; write "(stream Type)".';

function parseType(reader: TokenReader, where: string, what: string) {
  if (reader.at("stream")) reader.fail(streamPlace);
  reader.expect("(", where);
  if (reader.at(")"))
    reader.fail(
      'An rpc takes and returns one message; for none import "google/protobuf/empty.proto" and write google.protobuf.Empty.',
    );
  // As protoc: of a type or package "stream" the name begins with a dot.
  if (reader.at("stream") && reader.peek(1).text === ")")
    reader.fail('"stream" wants a type behind it; write ".stream" for the message of that name.');
  const isStream = reader.skip("stream");
  const type = parseTypeName(reader, what);
  if (reader.at(",")) reader.fail("An rpc takes and returns one message; put all into one.");
  reader.expect(")", `after ${what}`);
  return { type, isStream };
}
