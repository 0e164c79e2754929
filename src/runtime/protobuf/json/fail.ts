import { JsonError } from "../errors.ts";

/** @throws JsonError, which gets the path of the value at the cursor on its way up */
export function fail(reason: string): never {
  throw new JsonError(reason);
}

/** Text that is no JSON: the error that JSON.parse has for it. readJsonAt tells where. */
export function malformed(): never {
  throw new SyntaxError();
}

/** For error texts: at most 60 characters. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
