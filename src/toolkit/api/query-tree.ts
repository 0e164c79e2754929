import { badRequest } from "@micro-service/runtime";

/** A query string as a tree: `a[b]=1&a.c=2&d=3&d=4`. */
export interface QueryNode {
  /** Values given for this very name, in order. */
  readonly values: string[];
  readonly children: Map<string, QueryNode>;
}

const MOST_PAIRS = 1000;
const DEEPEST = 16;

/**
 * Reads a query string. `a[b]=c` and `a.b=c` are the same; `a[]=c` is `a=c`. Throws MicroError 400 (with `id`) for
 * broken percent-encoding, too many or too deep names.
 */
export function parseQuery(query: string, id: string): QueryNode {
  const root: QueryNode = { values: [], children: new Map() };
  const pairs = query.split("&").filter((pair) => pair !== "");
  if (pairs.length > MOST_PAIRS) throw badRequest(id, `query has more than ${MOST_PAIRS} values`);
  for (const pair of pairs) {
    const mark = pair.indexOf("=");
    const name = decode(mark < 0 ? pair : pair.slice(0, mark), id);
    const value = mark < 0 ? "" : decode(pair.slice(mark + 1), id);
    const path = namePath(name);
    if (path === undefined || path.length > DEEPEST) {
      throw badRequest(
        id,
        `query name ${JSON.stringify(name.slice(0, 80))} is not of the form a, a.b or a[b]`,
      );
    }
    let node = root;
    for (const step of path) {
      let child = node.children.get(step);
      if (child === undefined) {
        child = { values: [], children: new Map() };
        node.children.set(step, child);
      }
      node = child;
    }
    node.values.push(value);
  }
  return root;
}

/** `a.b[c][]` -> `["a", "b", "c"]`; undefined when brackets do not match or a step is empty. */
function namePath(name: string): string[] | undefined {
  if (!/^[^[\].]+(?:\.[^[\].]+|\[[^[\]]*\])*$/.test(name)) return undefined;
  const path = name.split(/[[.]/).map((step) => step.replace(/\]$/, ""));
  if (path.at(-1) === "") path.pop();
  return path.includes("") ? undefined : path;
}

function decode(text: string, id: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw badRequest(id, "query is not percent-encoded UTF-8");
  }
}
