import type { Refusal } from "../gateway/parse-target.ts";

/** A path of `micro web`: `/greeter/say?x=1` is `/say?x=1` of the web service `greeter`. */
export interface WebPath {
  /** Alias of the service, empty for the index page. */
  readonly alias: string;
  /** What the service sees, with a leading slash; empty when the slash after the alias is missing. */
  readonly rest: string;
}

// Micro's rule (`^[a-zA-Z0-9]+([a-zA-Z0-9-]*[a-zA-Z0-9]*)?$`), bounded like a DNS label and without its backtracking.
const ALIAS = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/**
 * Splits a raw path at its first segment. What follows belongs to the service and is passed on byte for byte, so it
 * is refused where service and proxy could read it differently: dot segments in any encoding, backslashes, NUL.
 */
export function parseWebPath(rawPath: string): WebPath | Refusal {
  if (rawPath === "/") return { alias: "", rest: "/" };
  const match = /^\/([^/]+)(\/.*)?$/s.exec(rawPath);
  const alias = match?.[1] ?? "";
  if (!ALIAS.test(alias)) {
    return {
      code: 404,
      detail: "the first part of the path is the name of a web service: letters, digits and dashes",
    };
  }
  const rest = match?.[2] ?? "";
  if (hasDotSegment(rest))
    return { code: 400, detail: "path holds . or .. segments, a backslash or control bytes" };
  return { alias, rest };
}

function hasDotSegment(rest: string): boolean {
  let text: string;
  try {
    text = decodeURIComponent(rest);
  } catch {
    text = rest; // not UTF-8: the service's business, as long as it holds no dots in disguise
  }
  if (/[\\\0\r\n]|%(?:00|5c|0d|0a)/i.test(rest) || /[\\\0\r\n]/.test(text)) return true;
  return text
    .replace(/%2e/gi, ".")
    .split(/\/|%2f/i)
    .some((segment) => /^\.\.?(?:$|;)/.test(segment));
}
