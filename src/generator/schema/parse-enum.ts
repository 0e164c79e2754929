import { parseInlineOptions, parseOptionStatement } from "./parse-options.ts";
import type { EnumNode, NameNode, OptionNode, RangeNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";

/** `enum Name { ... }`, the keyword not yet read. */
export function parseEnum(reader: TokenReader, edition: string): EnumNode {
  const first = reader.peek();
  const visibility = parseVisibility(reader, edition);
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
    if (reader.isUnclosed(open)) break;
    reader.recover(() => parseEnumStatement(reader, node, edition));
  }
  return node;
}

/** `export` or `local` of edition 2024. */
export function parseVisibility(reader: TokenReader, edition: string): "export" | "local" | undefined {
  const word = reader.peek().text;
  if (word !== "export" && word !== "local") return undefined;
  if (!(edition >= "2024" && edition < "proto")) reader.fail(`"${word}" needs edition = "2024"; remove it.`);
  const declared = reader.peek(1).text;
  if (declared !== "message" && declared !== "enum")
    reader.fail(`"${word}" is for messages and enums; a type of that name is written ".${word}".`);
  reader.next();
  return word;
}

function parseEnumStatement(reader: TokenReader, node: EnumNode, edition: string): void {
  const first = reader.peek();
  if (reader.skip(";")) return;
  if (reader.peek(1).text === "=" && (first.text === "option" || first.text === "reserved"))
    reader.fail(`A value cannot be called "${first.text}"; rename it.`);
  if (reader.skip("option")) {
    parseOptionStatement(reader, node.options);
    return;
  }
  if (reader.skip("reserved")) {
    parseReserved(reader, node, { edition, mayBeNegative: true });
    return;
  }
  const name = reader.name("an enum value");
  reader.expect("=", `and a number after "${name.text}"`);
  const number = reader.integer("the value's number", true);
  const options = parseInlineOptions(reader);
  reader.expect(";", "after the enum value");
  node.values.push({ name, comment: reader.commentOf(first), options, number });
}

/** `reserved 1, 3 to 5;`, `reserved "a", "b";` or in editions `reserved a, b;`, the keyword already read. */
export function parseReserved(
  reader: TokenReader,
  target: { reservedRanges: RangeNode[]; reservedNames: NameNode[] },
  { edition, mayBeNegative }: { edition: string; mayBeNegative: boolean },
): void {
  const isLegacy = edition === "proto2" || edition === "proto3";
  const { kind } = reader.peek();
  if (kind === "string") {
    if (!isLegacy) reader.fail("Editions reserve names without quotes; remove them.");
    do {
      const name = reader.string("a reserved name");
      target.reservedNames.push({ text: name.text, at: name.at });
    } while (reader.skip(",") && isKind(reader, "string"));
  } else if (kind === "name") {
    if (isLegacy) reader.fail("Reserved names stand in quotes; add them.");
    do {
      target.reservedNames.push(reader.name("a reserved name"));
    } while (reader.skip(",") && isKind(reader, "name"));
  } else {
    // One by one: a list may be longer than a call may have arguments.
    for (const range of parseRanges(reader, mayBeNegative)) target.reservedRanges.push(range);
  }
  reader.expect(";", "after the reserved list");
}

/** Is the next one of a list of the same kind as those before it? */
function isKind(reader: TokenReader, kind: "string" | "name" | "integer"): boolean {
  const next = reader.peek().kind;
  if (next !== kind && (next === "string" || next === "name" || next === "integer")) {
    reader.fail("Numbers and names are reserved by statements of their own; split this one.");
  }
  return true;
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
  } while (reader.skip(",") && isKind(reader, "integer"));
  return ranges;
}
