/**
 * Where a JSON text leads to: `children[1].label`, empty for the top.
 *
 * @param text from its beginning to the place
 */
export function placeOf(text: string): string {
  // Of every bracket that is open: the last key, with a dot before unless it is an extension's, or the index.
  const levels: string[] = [];
  for (const [token, key = "", colon] of text.matchAll(/"((?:\\.|[^"\\])*)"(\s*:)?|[[\]{},]/g)) {
    const last = levels.length - 1;
    if (token === "{") levels.push("");
    else if (token === "[") levels.push("[0]");
    else if (token === "}" || token === "]") levels.pop();
    else if (colon) levels[last] = key[0] === "[" ? key : `.${key}`;
    else if (token === ",")
      levels[last] = (levels[last] ?? "").replace(/^\[(\d+)]$/, (_, index) => `[${+index + 1}]`);
  }
  return levels.join("").replace(/^\./, "");
}
