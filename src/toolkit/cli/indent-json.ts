/**
 * JSON text indented with tabs, as `micro call` prints it. Works on the text, so that numbers keep every digit; text
 * that is no JSON comes back as it is.
 */
export function indentJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text; // not JSON: shown as received
  }
  let result = "";
  let depth = 0;
  const line = (): string => `\n${"\t".repeat(depth)}`;
  // Strings, numbers and words as one token each; white space between them is dropped.
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      if (next === "}" || next === "]") result += token;
      else {
        depth++;
        result += token + line();
      }
    } else if (token === "}" || token === "]") {
      const empty = tokens[index - 1] === "{" || tokens[index - 1] === "[";
      if (!empty) depth--;
      result += empty ? token : line() + token;
    } else if (token === ",") result += token + line();
    else if (token === ":") result += ": ";
    else result += token;
  }
  return result;
}
