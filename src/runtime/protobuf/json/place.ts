/**
 * Where a JSON text leads to: `children[1].label`, empty for the top.
 *
 * @param text from its beginning to the place
 */
export function placeOf(text: string): string {
  // Of every bracket that is open: the last key, or the index.
  const levels: (string | number)[] = [];
  for (const [token, key, colon] of text.matchAll(/"((?:\\.|[^"\\])*)"(\s*:)?|[[\]{},]/g)) {
    const level = levels.pop() ?? "";
    const isIndex = typeof level === "number";
    if (token === "{" || token === "[") levels.push(level, token === "{" ? "" : 0);
    else if (token !== "}" && token !== "]")
      levels.push(colon ? (key as string) : token === "," && isIndex ? level + 1 : level);
  }
  return levels
    .map((level) => (typeof level === "number" ? `[${level}]` : level.replace(/^(?=[^[])/, ".")))
    .join("")
    .replace(/^\./, "");
}
