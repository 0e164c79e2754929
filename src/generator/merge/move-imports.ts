import { posix } from "node:path";
import type { CodeRename, ExportRename } from "./code-renames.ts";
import { Node } from "./compiler.ts";
import type { OpenFile } from "./open-file.ts";

/** Imports of a module all of whose wanted names are in another one now. */
export function moveImports(
  file: OpenFile,
  { renames, out }: { readonly renames: readonly CodeRename[]; readonly out: string },
): void {
  const moves = renames.filter(
    (rename): rename is ExportRename => rename.kind === "export" && rename.fromModule !== rename.toModule,
  );
  if (moves.length === 0) return;
  const lines = [...file.source.getImportDeclarations(), ...file.source.getExportDeclarations()];
  for (const line of lines) {
    const literal = line.getModuleSpecifier();
    if (literal === undefined) continue;
    const specifier = literal.getLiteralText();
    const from = moves.filter(({ fromModule }) => isModule(specifier, file.path, out, fromModule));
    if (from.length === 0) continue;
    const names = Node.isImportDeclaration(line)
      ? line.getNamedImports().map((item) => item.getName())
      : line.getNamedExports().map((item) => item.getName());
    const targets = new Set(
      from.filter((move) => names.length === 0 || names.includes(move.from)).map((move) => move.toModule),
    );
    const stay = names.filter((name) => !from.some((move) => move.from === name));
    const [target] = targets;
    if (target === undefined) continue;
    if (targets.size > 1 || stay.length > 0) continue; // the import that is missing is told by the compiler
    const extension = /\.[cm]?[jt]s$/.exec(specifier)?.[0] ?? "";
    const stem = specifier.slice(0, specifier.length - extension.length);
    const oldModule = (from[0] as ExportRename).fromModule;
    const insert = stem.startsWith(".")
      ? relativeTo(file.path, posix.join(out, target)) + extension
      : stem.slice(0, stem.length - oldModule.length) + target + extension;
    file.splices.push({ at: literal.getStart() + 1, end: literal.getEnd() - 1, insert });
  }
}

function isModule(specifier: string, path: string, out: string, module: string): boolean {
  const stem = specifier.replace(/\.[cm]?[jt]s$/, "");
  if (stem.startsWith(".")) return posix.join(posix.dirname(path), stem) === posix.join(out, module);
  return stem.endsWith(module);
}

function relativeTo(path: string, target: string): string {
  const way = posix.relative(posix.dirname(path), target);
  return way.startsWith(".") ? way : `./${way}`;
}
