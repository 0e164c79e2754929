/**
 * Characters that a terminal or a log viewer obeys instead of showing: control characters (ESC and its one-byte form
 * among them), line separators of Unicode, and those that turn the direction of text.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** Text with `\u001b` and the like in the place of what is not to be shown: nobody can begin a line of their own. */
export function visible(text: string): string {
  return text.replace(OBEYED, escaped);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
