import type { HandlerShape } from "../merge/index.ts";

/** Names are compared as words: FrontDeskHandler is not DeskHandler. */
export function mentions(text: string, { handler, register }: HandlerShape): boolean {
  return wordPattern([handler, register]).test(text);
}

/** Whether any file has one of some words. */
export function mentionsAny(files: ReadonlyMap<string, Uint8Array>, names: readonly string[]): boolean {
  const pattern = wordPattern(names);
  return [...files.values()].some((content) => pattern.test(Buffer.from(content).toString("utf8")));
}

/** Finds any of some words, and nothing that they are a part of. */
export function wordPattern(words: readonly string[]): RegExp {
  return new RegExp(`(?<![\\w$])(?:${words.map((word) => word.replaceAll("$", "\\$")).join("|")})(?![\\w$])`);
}
