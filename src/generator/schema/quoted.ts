/** What moves a cursor, ends a line, or makes text look like other text: no name of anything holds one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const allUnprintable = new RegExp(unprintable.source, "g");
const maxShown = 100;

/** Does a text hold a control character, a line end of any kind, or a mark that turns the direction of text? */
export function hasUnprintable(text: string): boolean {
  return unprintable.test(text);
}

/** A text as one line that does nothing but show itself: `a\nb` becomes `a\u000ab`. What is printable stays as it is. */
export function escapeUnprintable(text: string): string {
  return text.replace(allUnprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text from outside for a message: between quotes, escaped, and cut where it is long. */
export function quoted(text: string): string {
  const shown = text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
  return escapeUnprintable(JSON.stringify(shown));
}
