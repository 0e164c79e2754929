import { scalarTypes } from "./linked.ts";
import type { NameNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/**
 * The name of a type as a field, an rpc or an `extend` writes it. As protoc: a word that has a meaning of its own keeps
 * it in front of a dot, so `group.Type` names no type and `.group.Type` does.
 */
export function parseTypeName(reader: TokenReader, what: string): NameNode {
  const { text } = reader.peek();
  if (reader.peek(1).text === "." && (scalarTypes.has(text) || text === "group" || text === "map"))
    reader.fail(
      `"${text}" means something else here; write ".${text}" for a package or message of that name.`,
    );
  return reader.fullName(what, true);
}
