import { parseInlineOptions, parseOptionStatement } from "./parse-options.ts";
import type { EnumNode, NameNode, OptionNode, RangeNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/** `enum Name { ... }`, the keyword not yet read. */
export function parseEnum(reader: TokenReader): EnumNode {
  const first = reader.peek();
  const visibility = parseVisibility(reader);
  reader.expect("enum", "here");
  const name = reader.name("the enum's name");
  const open = reader.expect("{", "after the enum's name");
  const node: EnumNode = {
    name,
    comment: reader.commentOf(first),
    options: [],
    values: [],
    reservedRanges: [],
    reservedNames: [],
    visibility,
  };
  while (!reader.skip("}")) {
    if (reader.peek().kind === "end") reader.fail(`This "{" is never closed; add "}".`, open.at);
    reader.recover(() => parseEnumStatement(reader, node));
  }
  return node;
}

/** `export` or `local` of edition 2024. */
export function parseVisibility(reader: TokenReader): "export" | "local" | undefined {
  const word = reader.peek().text;
  if (word !== "export" && word !== "local") return undefined;
  reader.next();
  return word;
}

function parseEnumStatement(reader: TokenReader, node: EnumNode): void {
  const first = reader.peek();
  if (reader.skip(";")) return;
  // `option = 1;` is a value whose name happens to be a keyword.
  if (!(reader.peek(1).text === "=" && reader.peek(1).kind === "symbol")) {
    if (reader.skip("option")) {
      parseOptionStatement(reader, node.options);
      return;
    }
    if (reader.skip("reserved")) {
      parseReserved(reader, node, true);
      return;
    }
  }
  const name = reader.name("an enum value");
  reader.expect("=", `and a number after "${name.text}"`);
  const number = reader.integer("the value's number", true);
  const options = parseInlineOptions(reader);
  reader.expect(";", "after the enum value");
  node.values.push({ name, comment: reader.commentOf(first), options, number });
}

/** `reserved 1, 3 to 5;` or `reserved "a", "b";`, the keyword already read. */
export function parseReserved(
  reader: TokenReader,
  target: { reservedRanges: RangeNode[]; reservedNames: NameNode[] },
  mayBeNegative: boolean,
): void {
  if (reader.peek().kind === "string") {
    do {
      const name = reader.string("a reserved name");
      target.reservedNames.push({ text: name.text, at: name.at });
    } while (reader.skip(","));
  } else if (reader.peek().kind === "name") {
    do {
      target.reservedNames.push(reader.name("a reserved name"));
    } while (reader.skip(","));
  } else {
    target.reservedRanges.push(...parseRanges(reader, mayBeNegative));
  }
  reader.expect(";", "after the reserved list");
}

/** `1, 3 to 5, 100 to max`. */
export function parseRanges(reader: TokenReader, mayBeNegative: boolean): RangeNode[] {
  const ranges: { start: bigint; end: bigint | undefined; at: number; options: OptionNode[] }[] = [];
  do {
    const start = reader.integer("a number", mayBeNegative);
    let end: bigint | undefined = start.value;
    if (reader.skip("to"))
      end = reader.skip("max") ? undefined : reader.integer(`a number or "max"`, mayBeNegative).value;
    ranges.push({ start: start.value, end, at: start.at, options: [] });
  } while (reader.skip(","));
  return ranges;
}
