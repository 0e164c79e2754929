/** What a node says it calls. */
export interface ServiceUse {
  /** Name on the registry. */
  readonly service: string;
  /** Full proto name. */
  readonly typeName: string;
  /** Of the schema its client was made from; empty for none. */
  readonly digest: string;
  /** `all`: it may call every method. */
  readonly methods: readonly string[] | "all";
}

/** `untold`: it is no node of this runtime, or does not want to say. */
export type NodeUses =
  | { readonly kind: "untold" }
  | {
      readonly kind: "told";
      readonly uses: readonly ServiceUse[];
      /** Services it calls, too, and had no room for. */
      readonly more: number;
    };

/** Longer than any runtime writes. */
const maxLength = 4_096;

/**
 * Reads the metadata `uses` of a node, which docs/clients.md describes: `go.micro.srv.greeter/greeter.Greeter@8a89f840:Hello`.
 * What is not understood counts as untold: half a word may be what a change breaks.
 */
export function parseNodeUses(text: string | undefined): NodeUses {
  if (text === undefined || text === "off" || text.length > maxLength) return { kind: "untold" };
  const uses: ServiceUse[] = [];
  let more = 0;
  for (const word of text.split(" ")) {
    if (word === "-" || word === "") continue;
    const counted = /^\+(\d{1,6})$/.exec(word);
    const named = /^([\w.-]+)\/([A-Za-z_][\w.]*)@([0-9a-f]{0,64}):(\*|\w*(?:,\w+)*)$/.exec(word);
    if (counted !== null) more += Number(counted[1]);
    else if (named === null) return { kind: "untold" };
    else {
      const [, service = "", typeName = "", digest = "", methods = ""] = named;
      const list = methods === "*" ? "all" : methods === "" ? [] : methods.split(",");
      uses.push({ service, typeName, digest, methods: list });
    }
  }
  return { kind: "told", uses, more };
}
