import type { Linked } from "../schema/linked.ts";
import type { AggregateEntry, FileNode, OptionNode, OptionValue } from "../schema/syntax.ts";

/** A text in an option, and where its quotes begin. */
export interface HttpText {
  readonly text: string;
  readonly at: number;
}

/** One way to call an rpc by HTTP, as it is written. */
export interface HttpBindingNode {
  readonly at: number;
  /** `GET`, or the kind of a custom one; undefined when there is no pattern. */
  readonly verb: string | undefined;
  readonly path: HttpText | undefined;
  readonly body: HttpText | undefined;
  readonly responseBody: HttpText | undefined;
}

const verbs: ReadonlySet<string> = new Set(["get", "put", "post", "delete", "patch"]);

/** `google.api.http` among the options of an rpc, with its additional bindings; `scope` is the rpc's full name. */
export function httpBindings(
  linked: Linked,
  file: FileNode,
  scope: string,
  options: readonly OptionNode[],
): HttpBindingNode[] {
  const own = options.filter(
    ({ parts: [first] }) =>
      first?.isExtension === true &&
      linked.resolve(first.name, scope, file, ({ kind }) => kind === "extension")?.fullName ===
        "google.api.http",
  );
  if (own.length === 0) return [];
  return bindingsOf(
    own[0]!.at,
    own.flatMap(({ parts, value }) => entriesOf(parts.slice(1), value)),
  );
}

/** `(google.api.http).custom.kind = "x"` -> `custom: { kind: "x" }`. */
function entriesOf(parts: OptionNode["parts"], value: OptionValue): readonly AggregateEntry[] {
  const [first, ...rest] = parts;
  if (first === undefined) return value.kind === "aggregate" ? value.entries : [];
  if (rest.length === 0) return [{ ...first, hasColon: true, value }];
  return [
    { ...first, hasColon: true, value: { kind: "aggregate", entries: entriesOf(rest, value), at: first.at } },
  ];
}

function bindingsOf(at: number, entries: readonly AggregateEntry[]): HttpBindingNode[] {
  let verb: string | undefined;
  let path: HttpText | undefined;
  const texts = new Map<string, HttpText>();
  const more: HttpBindingNode[] = [];
  for (const { name, at: nameAt, value } of entries) {
    if (name === "additional_bindings") {
      for (const one of value.kind === "list" ? value.values : [value]) {
        // Bindings of additional bindings are not allowed, so not looked for.
        if (one.kind === "aggregate") more.push(...bindingsOf(nameAt, one.entries).slice(0, 1));
      }
    } else if (name === "custom" && value.kind === "aggregate") {
      for (const part of value.entries) {
        if (part.name === "kind") verb = textOf(part.value)?.text;
        if (part.name === "path") path = textOf(part.value);
      }
    } else if (verbs.has(name)) {
      verb = name.toUpperCase();
      path = textOf(value);
    } else {
      const text = textOf(value);
      if (text !== undefined) texts.set(name, text);
    }
  }
  return [{ at, verb, path, body: texts.get("body"), responseBody: texts.get("response_body") }, ...more];
}

/** Undefined for the empty text too, which means that nothing is set. */
function textOf(value: OptionValue): HttpText | undefined {
  return value.kind === "string" && value.bytes !== "" ? { text: value.bytes, at: value.at } : undefined;
}
