/** A path of google.api.http, taken apart. Offsets count from the start of the template. */
export interface HttpTemplate {
  /** `{book.name=shelves/*}` -> `book.name`, in order. */
  readonly variables: readonly { readonly path: string; readonly at: number }[];
  /** What it matches, whatever the variables are called: `/v1/{a}/x` and `/v1/{b=*}/x` both are `/v1/*`, then `/x`. */
  readonly shape: string;
  /** Where a `**` stands that something follows, which the grammar does not allow and grpc-gateway does. */
  readonly earlyRestAt: number | undefined;
  /** Where a segment stands whose characters a URL may have and not every gateway takes. */
  readonly unusualAt: number | undefined;
}

/** Why a text is no template, and where. */
export interface HttpTemplateMistake {
  readonly problem: string;
  readonly at: number;
}

const fieldPath = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
/** What RFC 3986 lets stand in a segment, percent-encoded the rest. */
const literal = /^(?:[\w.~!$&'()+,;=:@-]|%[0-9A-Fa-f]{2})+$/;
const unusual = /[;=:%]/;

/**
 * Reads a template by the grammar in google/api/http.proto:
 *
 *     Template = "/" Segments [ ":" Literal ]      Segment = "*" | "**" | Literal | Variable
 *     Variable = "{" FieldPath [ "=" Segments ] "}"   with "**" once, at the very end
 */
export function parseHttpTemplate(text: string): HttpTemplate | HttpTemplateMistake {
  if (!text.startsWith("/")) return { problem: `must begin with "/"`, at: 0 };
  const variables: { path: string; at: number }[] = [];
  const shape: string[] = [];
  const verbAt = text.indexOf(":", Math.max(text.lastIndexOf("}"), text.lastIndexOf("/")));
  let unusualAt = verbAt >= 0 && unusual.test(text.slice(verbAt + 1)) ? verbAt : undefined;
  const end = verbAt < 0 ? text.length : verbAt;
  if (verbAt >= 0 && !literal.test(text.slice(verbAt + 1))) {
    return { problem: `must have a name behind the ":"`, at: verbAt };
  }

  for (let at = 1; at <= end; ) {
    const isVariable = text[at] === "{";
    const close = isVariable ? text.indexOf("}", at) : -1;
    if (isVariable && close < 0) return { problem: `has a "{" without "}"`, at };
    const stop = isVariable ? close + 1 : indexOrEnd(text, "/", at, end);
    const mistake = isVariable ? readVariable(at, close) : readSegment(at, stop);
    if (mistake !== undefined) return mistake;
    if (stop < end && text[stop] !== "/")
      return { problem: `must have a "/" or the end behind a "}"`, at: stop };
    at = stop + 1;
  }
  const [rest, another] = shape.flatMap((segment, index) => (segment === "**" ? [index] : []));
  if (another !== undefined) return { problem: `can have "**" only once`, at: text.lastIndexOf("**") };
  return {
    variables,
    shape: `/${shape.join("/")}${text.slice(end)}`,
    earlyRestAt: rest !== undefined && rest < shape.length - 1 ? text.indexOf("**") : undefined,
    unusualAt,
  };

  function readSegment(from: number, to: number): HttpTemplateMistake | undefined {
    const segment = text.slice(from, to);
    shape.push(segment);
    if (unusual.test(segment)) unusualAt ??= from;
    if (segment === "*" || segment === "**" || literal.test(segment)) return undefined;
    if (segment !== "") return { problem: `cannot have a segment "${segment}"`, at: from };
    // The path "/" is one empty segment.
    return end === 1 ? undefined : { problem: "has an empty segment", at: from };
  }

  function readVariable(from: number, close: number): HttpTemplateMistake | undefined {
    const inner = text.slice(from + 1, close);
    const equals = inner.indexOf("=");
    const path = equals < 0 ? inner : inner.slice(0, equals);
    if (!fieldPath.test(path))
      return { problem: `cannot have "${path}" as the name of a field`, at: from + 1 };
    variables.push({ path, at: from + 1 });
    if (equals < 0) {
      shape.push("*");
      return undefined;
    }
    for (let at = from + 2 + equals; at <= close; ) {
      const stop = indexOrEnd(text, "/", at, close);
      if (stop === at) return { problem: "has an empty segment", at };
      const mistake = readSegment(at, stop);
      if (mistake !== undefined) return mistake;
      at = stop + 1;
    }
    return undefined;
  }
}

function indexOrEnd(text: string, wanted: string, from: number, end: number): number {
  const found = text.indexOf(wanted, from);
  return found < 0 || found > end ? end : found;
}
