import type { AggregateEntry, OptionNode, OptionPart, OptionValue } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";
import { toInteger } from "./token-reader.ts";

/** As deep as protoc reads aggregates. */
const maxDepth = 32;

const maxUint64 = (1n << 64n) - 1n;

/** `option (name).part = value;` with `option` already read. */
export function parseOptionStatement(reader: TokenReader, options: OptionNode[]): void {
  options.push(parseOption(reader));
  reader.expect(";", "after the option");
}

/** `[a = 1, (b) = { ... }]`, if there is one. */
export function parseInlineOptions(reader: TokenReader): OptionNode[] {
  const options: OptionNode[] = [];
  if (!reader.skip("[")) return options;
  do {
    options.push(parseOption(reader));
  } while (reader.skip(","));
  reader.expect("]", "after the options");
  return options;
}

function parseOption(reader: TokenReader): OptionNode {
  const at = reader.peek().at;
  const parts: OptionPart[] = [];
  do {
    const start = reader.peek().at;
    if (reader.skip("(")) {
      const name = reader.fullName("the name of an option", true);
      reader.expect(")", "after the option's name");
      parts.push({ name: name.text, isExtension: true, at: start });
    } else {
      parts.push({ name: reader.name("the name of an option").text, isExtension: false, at: start });
    }
  } while (reader.skip("."));
  reader.expect("=", "after the option's name");
  return { parts, value: parseValue(reader, 0), at };
}

function parseValue(reader: TokenReader, depth: number): OptionValue {
  const token = reader.peek();
  const at = token.at;
  if (depth > maxDepth) reader.fail(`This option is nested deeper than ${maxDepth} levels.`);
  if (token.kind === "string") return { kind: "string", bytes: reader.string("a value").bytes, at };
  if (reader.skip("{")) return { kind: "aggregate", entries: parseEntries(reader, "}", depth), at };
  // Angle brackets and lists are only known inside of an aggregate.
  if (depth > 0 && reader.skip("<"))
    return { kind: "aggregate", entries: parseEntries(reader, ">", depth), at };
  if (depth > 0 && reader.skip("[")) return { kind: "list", values: parseList(reader, depth), at };
  const isNegative = reader.skip("-");
  const value = reader.next();
  switch (value.kind) {
    case "name":
      if (depth === 0 && (reader.at(".") || reader.at("/")))
        reader.fail("A text stands in quotes; add them.", value.at);
      return { kind: "name", name: value.text, isNegative, at };
    case "integer": {
      const integer = toInteger(value.text);
      const isDecimal = !/^0[0-7xX]/.test(value.text);
      // A decimal number of any size may be meant for a double.
      if (!isDecimal && integer > maxUint64)
        reader.fail("A number in base 8 or 16 has at most 64 bits; write it in base 10.", value.at);
      return isNegative && integer === 0n
        ? { kind: "float", value: -0, at }
        : { kind: "integer", value: isNegative ? -integer : integer, isDecimal, at };
    }
    case "float": {
      const number = Number(value.text.replace(/[fF]$/, ""));
      return { kind: "float", value: isNegative ? -number : number, at };
    }
    default:
      return reader.fail(`Expected a value for the option, found "${value.text}".`, value.at);
  }
}

function parseList(reader: TokenReader, depth: number): OptionValue[] {
  const values: OptionValue[] = [];
  if (reader.skip("]")) return values;
  do {
    values.push(parseValue(reader, depth + 1));
  } while (reader.skip(","));
  reader.expect("]", "after the list");
  return values;
}

function parseEntries(reader: TokenReader, close: "}" | ">", depth: number): AggregateEntry[] {
  const entries: AggregateEntry[] = [];
  while (!reader.skip(close)) {
    const at = reader.peek().at;
    const isExtension = reader.skip("[");
    let name: string;
    if (isExtension) {
      name = reader.fullName("the name of an extension").text;
      if (reader.skip("/")) name += `/${reader.fullName("the name of a message").text}`;
      reader.expect("]", "after the name");
    } else {
      name = reader.name(`a field's name or "${close}"`).text;
    }
    const hasColon = reader.skip(":");
    const isMessage = reader.at("{") || reader.at("<") || reader.at("[");
    if (!hasColon && !isMessage) reader.fail(`Expected ":" after "${name}".`);
    entries.push({ name, isExtension, at, hasColon, value: parseValue(reader, depth + 1) });
    if (!reader.skip(",")) reader.skip(";");
  }
  return entries;
}
