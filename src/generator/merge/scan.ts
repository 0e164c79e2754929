import type { HandlerShape } from "./handler-shape.ts";

/**
 * Whether a handler may lack a member that none of a service's sources has: cheap, so that a run that changes nothing needs no syntax
 * tree. A name that only looks like a member is taken for one; then the compiler tells the user what is missing.
 */
export function mayLackMembers({ members }: HandlerShape, texts: readonly string[]): boolean {
  const code = texts.map(withoutComments).join("\n");
  return members.some(({ property }) => {
    const escaped = property.replaceAll("$", "\\$");
    return !new RegExp(`(?<![\\w$.])(["'\`])?${escaped}\\1\\]?\\s*[?!]?\\s*[(<=:,}]`).test(code);
  });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{},])\/\/[^\n]*/g, " ");
}
