/**
 * A path of `google.api.http`, ready to match. Grammar of google/api/http.proto:
 *
 * ```
 * /v1/hello/{name}              one segment into field `name`
 * /v1/{book=shelves/*\/books/*} several segments into one field
 * /v1/files/{path=**}           everything that follows
 * /v1/orders/{id}:cancel        a verb behind the last segment
 * ```
 */
export interface PathTemplate {
  readonly text: string;
  /** Order of tries: a lower rank is more specific. Compare with `<`. */
  readonly rank: string;
  /** The captured fields of decoded segments, or undefined when the path does not match. */
  match(segments: readonly string[]): ReadonlyMap<string, string> | undefined;
}

interface Part {
  /** `*`, `**` or the literal itself. */
  readonly kind: "literal" | "one" | "rest";
  readonly literal: string;
  /** Field that takes this part; parts of one field lie side by side. */
  readonly field: string | undefined;
}

const FIELD = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const LITERAL = /^[A-Za-z0-9._~!$&'()+,@-]+$/;
const LONGEST = 512;

/** Reads a template; undefined for text that is none (go-micro's regular expressions among them). */
export function parsePathTemplate(text: string): PathTemplate | undefined {
  if (text.length > LONGEST || !text.startsWith("/")) return undefined;
  const [path = "", verb] = splitVerb(text.slice(1));
  const parts = parseParts(path);
  if (parts === undefined || parts.slice(0, -1).some((part) => part.kind === "rest")) return undefined;
  return {
    text,
    rank: rankOf(parts, verb),
    match: (segments) => match(parts, verb, segments),
  };
}

/** The verb stands behind the last `:` outside braces. */
function splitVerb(path: string): [path: string, verb: string | undefined] {
  const colon = path.lastIndexOf(":");
  if (colon < 0 || colon < path.lastIndexOf("}") || path.slice(colon).includes("/")) return [path, undefined];
  return [path.slice(0, colon), path.slice(colon + 1)];
}

function parseParts(path: string): Part[] | undefined {
  if (path === "") return [];
  const parts: Part[] = [];
  // A slash inside braces belongs to the variable.
  for (const piece of path.split(/\/(?![^{]*\})/)) {
    const variable = /^\{([^{}=]+)(?:=([^{}]+))?\}$/.exec(piece);
    const field = variable?.[1];
    if (field !== undefined && !FIELD.test(field)) return undefined;
    for (const segment of (variable === null ? piece : (variable[2] ?? "*")).split("/")) {
      if (segment === "*") parts.push({ kind: "one", literal: "", field });
      else if (segment === "**") parts.push({ kind: "rest", literal: "", field });
      else if (LITERAL.test(segment)) parts.push({ kind: "literal", literal: segment, field });
      else return undefined;
    }
  }
  return parts;
}

function match(
  parts: readonly Part[],
  verb: string | undefined,
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const given = verb === undefined ? segments : withoutVerb(segments, verb);
  if (given === undefined) return undefined;
  const open = parts.at(-1)?.kind === "rest";
  if (open ? given.length < parts.length - 1 : given.length !== parts.length) return undefined;
  const fields = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const text = part.kind === "rest" ? given.slice(index).join("/") : (given[index] ?? "");
    if (part.kind === "literal" && text !== part.literal) return undefined;
    if (part.field === undefined) continue;
    const before = fields.get(part.field);
    fields.set(part.field, before === undefined ? text : `${before}/${text}`);
  }
  return fields;
}

function withoutVerb(segments: readonly string[], verb: string): string[] | undefined {
  const last = segments.at(-1);
  if (last === undefined || !last.endsWith(`:${verb}`)) return undefined;
  return [...segments.slice(0, -1), last.slice(0, -verb.length - 1)];
}

/** Literal before one segment before the rest, segment by segment from the left; with a verb before without. */
function rankOf(parts: readonly Part[], verb: string | undefined): string {
  const letters = parts.map((part) => ({ literal: "a", one: "b", rest: "c" })[part.kind]);
  // `~` sorts behind every letter: where one path ends and the other goes on, the longer is the more specific.
  return `${letters.join("")}~${verb === undefined ? "b" : "a"}`;
}
