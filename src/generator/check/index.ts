import type { Diagnostic } from "../schema/diagnostic.ts";
import type { Linked } from "../schema/linked.ts";
import type { FileNode } from "../schema/syntax.ts";

export function checkSchema(_linked: Linked, _broken: ReadonlySet<FileNode>): Diagnostic[] {
  return [];
}
