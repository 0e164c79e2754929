import { JsonError } from "../errors.ts";

/**
 * Members of JSON objects that readers have come by. `JSON.parse` keeps the last of two equal keys and tells nobody, so
 * whoever reads a text compares how many members it spells out with how many were found in it.
 */
export const tally: {
  members: number;
  /** False while a text is read for the first time: whether objects hold anything else is then left to the comparison. */
  strict: boolean;
} = { members: 0, strict: true };

const QUOTE = 34;
const SPACE = 32;
const BACKSLASH = 92;

/**
 * How many members all objects of a JSON text have together, equal keys counted each; or more, when texts within look
 * like keys; or -1 when there is a space before a colon. Jumps from colon to colon: looking at every character would
 * take thrice the time.
 */
export function countMembers(text: string): number {
  let members = 0;
  for (let i = text.indexOf(":"); i !== -1; i = text.indexOf(":", i + 1)) {
    const before = text.charCodeAt(i - 1);
    if (before === QUOTE) members++;
    else if (before <= SPACE) return -1;
  }
  return members;
}

/** Index of the quote that ends the string which begins at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) break;
    if (c === BACKSLASH) i++;
  }
  return i;
}

interface Level {
  /** Keys so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  at: string | number;
}

/** Refuses a text, which must be valid JSON, that gives one key twice in one object. Tells the place. */
export function refuseDuplicateKeys(text: string): void {
  const levels: Level[] = [];
  for (let i = 0; i < text.length; i++) {
    const level = levels.at(-1);
    switch (text[i]) {
      case "{":
        levels.push({ keys: new Set(), at: "" });
        break;
      case "[":
        levels.push({ keys: undefined, at: 0 });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (typeof level?.at === "number") level.at++;
        break;
      case '"': {
        const end = stringEnd(text, i);
        if (level?.keys !== undefined && /[{,]/.test(behind(text, i))) {
          level.at = JSON.parse(text.slice(i, end + 1)) as string;
          if (level.keys.has(level.at)) throw new JsonError("given twice", pathOf(levels));
          level.keys.add(level.at);
        }
        i = end;
      }
    }
  }
}

/** The last character before `index` that is no space. */
function behind(text: string, index: number): string {
  let i = index - 1;
  while (i > 0 && /\s/.test(text[i] as string)) i--;
  return text[i] as string;
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .map(({ at }, depth) => (typeof at === "number" ? `[${at}]` : depth === 0 ? at : `.${at}`))
    .join("");
}
