/**
 * A JSDoc block for a comment of the .proto, or nothing when there is none. `* /` is made harmless; one line stays one
 * line.
 */
export function docComment(comment: string | undefined, deprecated: boolean, indent = ""): string[] {
  if (comment === undefined && !deprecated) return [];
  const lines = splitLines((comment ?? "").replaceAll("*/", "*\\/"));
  for (let i = 0; i < lines.length; i++) lines[i] = lines[i]!.trimEnd();
  while (lines.length > 0 && lines[0] === "") lines.shift();
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  if (deprecated && !lines.some((line) => line.trimStart().startsWith("@deprecated"))) {
    if (lines.length > 0) lines.push("");
    lines.push("@deprecated Marked so in the .proto.");
  }
  if (lines.length === 0) return [];
  const [only] = lines;
  if (lines.length === 1 && indent.length + (only as string).length <= 103)
    return [`${indent}/** ${only} */`];
  const empty = `${indent} *`;
  const block = [`${indent}/**`];
  for (let i = 0; i < lines.length; i++) block.push(lines[i] === "" ? empty : `${empty} ${lines[i]}`);
  block.push(`${indent} */`);
  return block;
}

/** A licence at the head of a file, as line comments. */
export function headComment(comment: string | undefined): string[] {
  if (comment === undefined) return [];
  return ["//", ...splitLines(comment.trim()).map((line) => `// ${line}`.trimEnd())];
}

/** At whatever ends a line of TypeScript. */
function splitLines(text: string): string[] {
  // Nearly all texts know only one line end, for which no expression is needed.
  const isPlain = !(text.includes("\r") || text.includes("\u2028") || text.includes("\u2029"));
  return isPlain ? text.split("\n") : text.split(/\r\n|[\n\r\u2028\u2029]/);
}
