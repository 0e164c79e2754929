import type { Linked } from "../schema/linked.ts";
import type { FileNode } from "../schema/syntax.ts";
import { createExtensionJudge } from "./extension-declarations.ts";

/** Looks at all files at once. */
export type SchemaRule = (
  linked: Linked,
  report: (file: FileNode, at: number, message: string) => void,
) => void;

/** Rules about all extensions of a message, wherever they are declared. */
export const extensionRules: Readonly<Record<string, SchemaRule>> = {
  "extension-declaration"(linked, report) {
    const judge = createExtensionJudge(linked);
    for (const file of linked.files) {
      for (const symbol of linked.symbolsOf(file)) {
        const extendee = symbol.kind === "extension" ? linked.extendee(symbol.node) : undefined;
        const owner = extendee === undefined ? undefined : linked.symbols.get(extendee);
        if (symbol.kind !== "extension" || owner?.kind !== "message") continue;
        const problem = judge(owner.node, symbol.node, symbol.fullName);
        if (problem !== undefined) report(file, symbol.node.number.at, problem);
      }
    }
  },

  "duplicate-number"(linked, report) {
    const taken = new Map<string, string>();
    // Files come imports first, so what is reported is what was added later.
    for (const file of linked.files) {
      for (const symbol of linked.symbolsOf(file)) {
        const extendee = symbol.kind === "extension" ? linked.extendee(symbol.node) : undefined;
        if (symbol.kind !== "extension" || extendee === undefined) continue;
        const { value, at } = symbol.node.number;
        const key = `${extendee} ${value}`;
        const first = taken.get(key);
        if (first === undefined) taken.set(key, symbol.fullName);
        else if (first !== symbol.fullName) {
          report(
            file,
            at,
            `Extension number ${value} of "${extendee}" is taken by "${first}"; take another one.`,
          );
        }
      }
    }
  },
};
