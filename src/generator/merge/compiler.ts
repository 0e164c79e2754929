import { createRequire } from "node:module";
import type * as tsMorph from "ts-morph";

/** By `require`: for an `import` Node reads all of the compiler once more, to find the names that it exports. */
const loaded = createRequire(import.meta.url)("ts-morph") as typeof tsMorph;

/** The compiler, which takes longer to load than most runs take: what needs it is imported when it is needed. */
export const { Node, Project, ts } = loaded;
export type Node = tsMorph.Node;
