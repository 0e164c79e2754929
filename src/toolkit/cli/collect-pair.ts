import { usageError } from "./exit-code.ts";

/** Collects a repeatable `--metadata k=v`. */
export function collectPair(
  text: string,
  pairs: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const mark = text.indexOf("=");
  if (mark < 1) throw usageError(`--metadata takes key=value, got ${JSON.stringify(text)}`);
  return { ...pairs, [text.slice(0, mark)]: text.slice(mark + 1) };
}
