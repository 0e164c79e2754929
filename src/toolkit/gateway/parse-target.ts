/** The parts of a request target that the servers work with. */
export interface RequestTarget {
  /** Path as sent, without query. */
  readonly rawPath: string;
  /** Query without the `?`; empty when there is none. */
  readonly query: string;
}

/** Why a request is refused before anybody looks at what it wants. */
export interface Refusal {
  readonly code: number;
  readonly detail: string;
}

const LONGEST_TARGET = 8192;

/** Tells a refusal from what was parsed. */
export function isRefusal(value: object): value is Refusal {
  return "detail" in value;
}

/**
 * Takes the target of a request apart. Absolute form is accepted only when it names the very Host of the request:
 * otherwise somebody uses us as a forward proxy, or two hops read two different hosts.
 */
export function parseTarget(url: string, host: string): RequestTarget | Refusal {
  if (url.length > LONGEST_TARGET)
    return { code: 414, detail: `URL is longer than ${LONGEST_TARGET} characters` };
  let target = url;
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url);
  if (absolute !== null) {
    if (absolute[1]?.toLowerCase() !== host.toLowerCase()) {
      return { code: 400, detail: "request target names another host than the Host header" };
    }
    target = absolute[2] === "" ? "/" : (absolute[2] ?? "/");
  }
  if (!target.startsWith("/")) return { code: 400, detail: "request target must begin with /" };
  if (target.includes("#")) return { code: 400, detail: "request target holds a fragment" };
  const mark = target.indexOf("?");
  return mark < 0
    ? { rawPath: target, query: "" }
    : { rawPath: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * The segments of a path after normalising: `.` and `..` resolved, double and trailing slashes dropped. Refused are
 * `..` above the root and everything that the next hop could read as another path than we do: encoded dots, slashes,
 * backslashes and NUL, matrix parameters, bytes that are no UTF-8.
 * `/foo/../bar//baz/` -> `["bar", "baz"]`.
 */
export function parseSegments(rawPath: string): string[] | Refusal {
  if (/%(?:2e|2f|5c|00)/i.test(rawPath)) {
    return { code: 400, detail: "path holds an encoded dot, slash, backslash or NUL" };
  }
  if (/[\\;]/.test(rawPath)) return { code: 400, detail: "path holds a backslash or semicolon" };
  const segments: string[] = [];
  for (const part of rawPath.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (segments.pop() === undefined) return { code: 400, detail: "path climbs above /" };
      continue;
    }
    const segment = decodeSegment(part);
    if (segment === undefined) return { code: 400, detail: "path is not percent-encoded UTF-8" };
    segments.push(segment);
  }
  return segments;
}

function decodeSegment(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20 || code === 0x7f) return undefined;
    }
    return text;
  } catch {
    return undefined; // decodeURIComponent has one complaint: malformed
  }
}
