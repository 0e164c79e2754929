/**
 * Breaks a line that is too long where a formatter would: behind `if (...)`, around `? :`, else inside the last call.
 * Knows only the few shapes that codecs have.
 */
export function wrapLine(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const text = line.slice(indent.length);
  const guard = /^if \(/.test(text) ? closing(text, 3) : -1;
  if (guard !== -1 && text[guard + 1] === " " && !text.endsWith("{"))
    return [`${indent}${text.slice(0, guard + 1)}`, ...fitted(`${indent}  ${text.slice(guard + 2)}`)];
  const question = topLevel(text, " ? ");
  const colon = topLevel(text, " : ");
  if (question !== -1 && colon > question)
    return [
      indent + text.slice(0, question),
      ...fitted(`${indent}  ${text.slice(question + 1, colon)}`),
      ...fitted(`${indent}  ${text.slice(colon + 1)}`),
    ];
  const open = text.indexOf("(");
  const close = open === -1 ? -1 : closing(text, open);
  // What is called with nothing has no place to be broken at.
  if (close <= open + 1 || !/^[;,]?$/.test(text.slice(close + 1))) return [line];
  return [
    indent + text.slice(0, open + 1),
    ...splitTop(text.slice(open + 1, close)).flatMap((part) => fitted(`${indent}  ${part},`)),
    indent + text.slice(close),
  ];
}

function fitted(line: string): string[] {
  return line.length <= 110 ? [line] : wrapLine(line);
}

/** Calls `visit` for each character outside of brackets and strings, until it returns true. */
function scan(text: string, from: number, visit: (index: number, depth: number) => boolean): void {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34: // "
        for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
        continue;
      case 40: // ( [ {
      case 91:
      case 123:
        depth++;
        break;
      case 41: // ) ] }
      case 93:
      case 125:
        depth--;
        break;
    }
    if (visit(i, depth)) return;
  }
}

function closing(text: string, open: number): number {
  let found = -1;
  scan(text, open, (index, depth) => {
    if (depth === 0) found = index;
    return depth === 0;
  });
  return found;
}

function topLevel(text: string, part: string): number {
  let found = -1;
  if (!text.includes(part)) return found;
  scan(text, 0, (index, depth) => {
    if (depth === 0 && text.startsWith(part, index)) found = index;
    return found !== -1;
  });
  return found;
}

function splitTop(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  scan(text, 0, (index, depth) => {
    if (depth === 0 && text[index] === ",") {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
    return false;
  });
  return [...parts, text.slice(start).trim()];
}
