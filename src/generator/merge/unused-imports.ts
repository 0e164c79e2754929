import type { ImportDeclaration, ImportSpecifier, SourceFile } from "ts-morph";
import { Node } from "./compiler.ts";
import type { Splice } from "./splice.ts";

/**
 * Takes away the imports that only code needed which is taken away, too. A list with a comment beside such a name stays as
 * it is.
 *
 * @param gone code that is taken away
 * @param isOurs whether an import is one that micro-gen may have written
 * @param isNeeded whether new code uses a local name
 */
export function unusedImports(
  source: SourceFile,
  gone: readonly Node[],
  isOurs: (declaration: ImportDeclaration) => boolean,
  isNeeded: (local: string) => boolean,
): Splice[] {
  const names = new Set(gone.flatMap((node) => identifiersIn(node).map((name) => name.getText())));
  if (names.size === 0) return [];
  const rest = identifiersIn(source).filter((name) => !gone.some((node) => contains(node, name)));
  const text = source.getFullText();
  return source
    .getImportDeclarations()
    .filter(isOurs)
    .flatMap((declaration) => {
      const items = declaration.getNamedImports();
      const unused = items.filter((item) => {
        const local = (item.getAliasNode() ?? item.getNameNode()).getText();
        const others = rest.filter((name) => name.getText() === local && !contains(item, name));
        return names.has(local) && others.length === 0 && !isNeeded(local);
      });
      if (unused.length === 0) return [];
      const bare =
        declaration.getDefaultImport() === undefined && declaration.getNamespaceImport() === undefined;
      const found =
        unused.length === items.length
          ? bare
            ? [wholeLine(declaration, text)]
            : []
          : fromList(items, unused);
      const clean = found.every(({ at, end = at }) => !/\/\/|\/\*/.test(text.slice(at, end)));
      return clean ? found : [];
    });
}

function identifiersIn(node: Node): Node[] {
  return node.getDescendants().filter(Node.isIdentifier);
}

function contains(outer: Node, inner: Node): boolean {
  return outer.getPos() <= inner.getPos() && inner.getEnd() <= outer.getEnd();
}

function wholeLine(declaration: ImportDeclaration, text: string): Splice {
  const start = declaration.getStart();
  const end = declaration.getEnd();
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const behind = /^[ \t]*(\r?\n|$)/.exec(text.slice(end))?.[0];
  const alone = behind !== undefined && text.slice(lineStart, start).trim() === "";
  return alone ? { at: lineStart, end: end + behind.length, insert: "" } : { at: start, end, insert: "" };
}

/** Runs of unused names, each with the commas that go with it. */
function fromList(items: readonly ImportSpecifier[], unused: readonly ImportSpecifier[]): Splice[] {
  const found: Splice[] = [];
  for (let index = 0; index < items.length; index++) {
    const first = items[index] as ImportSpecifier;
    if (!unused.includes(first)) continue;
    const kept = items.slice(0, index).at(-1);
    while (index + 1 < items.length && unused.includes(items[index + 1] as ImportSpecifier)) index++;
    const next = items[index + 1];
    const last = items[index] as ImportSpecifier;
    if (next !== undefined) found.push({ at: first.getStart(), end: next.getStart(), insert: "" });
    else if (kept !== undefined) found.push({ at: kept.getEnd(), end: last.getEnd(), insert: "" });
  }
  return found;
}
