import type { HandlerShape } from "./handler-shape.ts";

/** An rpc as generated code of an earlier run tells it. */
export interface KnownMethod {
  readonly name: string;
  readonly kind: string;
  /** Full name of its proto service. */
  readonly service: string;
}

/**
 * The rpcs a generated `.service.ts` knows, by `<service> <property>`. It is what the schema said when micro-gen ran
 * last: so the schema needs no copy of its own in the manifest.
 */
export function methodsIn(generated: string): Map<string, KnownMethod> {
  const entries = generated.matchAll(
    /^ {4}([\w$]+|"[^"\n]*"): \{\r?\n {6}name: "([^"\n]*)",\r?\n {6}kind: "(\w+)",\r?\n {6}service: "([^"\n]*)",/gm,
  );
  const found = new Map<string, KnownMethod>();
  for (const [, key = "", name = "", kind = "", service = ""] of entries) {
    const property = key.startsWith('"') ? key.slice(1, -1) : key;
    found.set(`${service} ${property}`, { name, kind, service });
  }
  return found;
}

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
