import type { OptionValue } from "./syntax.ts";

/**
 * Reads `FieldDescriptorProto.default_value`: `-1.5e+08`, `nan`, `"\001"` without quotes.
 *
 * @param scalar undefined for enums
 */
export function parseDefault(text: string, scalar: string | undefined, at: number): OptionValue {
  switch (scalar) {
    case "string":
      return { kind: "string", bytes: Buffer.from(text, "utf8").toString("latin1"), at };
    case "bytes":
      return { kind: "string", bytes: unescapeBytes(text), at };
    case "float":
    case "double":
      return { kind: "float", value: toNumber(text), at };
    case undefined:
    case "bool":
      return { kind: "name", name: text, isNegative: false, at };
    default:
      // What is no number stays a name, for the rules to refuse.
      return /^-?\d{1,20}$/.test(text)
        ? { kind: "integer", value: BigInt(text), isDecimal: true, at }
        : { kind: "name", name: text, isNegative: false, at };
  }
}

function toNumber(text: string): number {
  if (text === "inf") return Number.POSITIVE_INFINITY;
  return text === "-inf" ? Number.NEGATIVE_INFINITY : Number(text);
}

const simple: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** C escapes as protoc writes them: `\001`, `\n`, `\"`. */
function unescapeBytes(text: string): string {
  return text.replace(/\\([0-7]{1,3}|.)/gs, (_, escaped: string) =>
    /^[0-7]/.test(escaped)
      ? String.fromCharCode(Number.parseInt(escaped, 8) & 0xff)
      : (simple.get(escaped) ?? escaped),
  );
}
