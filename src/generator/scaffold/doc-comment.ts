/** A proto comment as a doc comment, each line behind `indent`, harmless whatever it holds. Empty for no text. */
export function docComment(text: string | undefined, indent = ""): string {
  const lines = (text ?? "").replaceAll("*/", "*\\/").split(/\r\n|[\n\r\u2028\u2029]/);
  while (lines.length > 0 && lines[0]?.trim() === "") lines.shift();
  while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]?.trim()} */\n`;
  const body = lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n");
  return `${indent}/**\n${body}\n${indent} */\n`;
}
