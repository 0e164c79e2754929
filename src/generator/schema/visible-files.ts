import { parentScope } from "./symbols.ts";
import type { FileNode } from "./syntax.ts";

/** What of the other files a file sees. */
export interface VisibleFiles {
  /** The file itself, its imports, and what those import publicly. */
  from(file: FileNode): ReadonlySet<FileNode>;
  /** Packages of the visible files, and what these packages are in; with a file that declares each. */
  packages(file: FileNode): ReadonlyMap<string, FileNode>;
  /** Is `imported` seen by `import option` alone? */
  isForOptionsOnly(imported: FileNode, file: FileNode): boolean;
}

export function createVisibleFiles(files: readonly FileNode[]): VisibleFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));

  function reach(file: FileNode, imports: FileNode["imports"]): Set<FileNode> {
    const reached = new Set([file]);
    const add = (path: string) => {
      const imported = byPath.get(path);
      if (imported !== undefined) reached.add(imported);
    };
    for (const next of imports) add(next.path);
    // The set grows while it is walked.
    for (const imported of reached) {
      if (imported === file) continue;
      for (const next of imported.imports) if (next.kind === "public") add(next.path);
    }
    return reached;
  }

  const from = ofOneFile((file) => reach(file, file.imports));
  const forTypes = ofOneFile((file) =>
    file.imports.some(({ kind }) => kind === "option")
      ? reach(
          file,
          file.imports.filter(({ kind }) => kind !== "option"),
        )
      : undefined,
  );
  const packages = ofOneFile((file) => {
    const names = new Map<string, FileNode>();
    for (const visible of from(file)) {
      for (let name = visible.package?.text ?? ""; name !== ""; name = parentScope(name)) {
        names.set(name, visible);
      }
    }
    return names;
  });
  return {
    from,
    packages,
    isForOptionsOnly: (imported, file) => forTypes(file)?.has(imported) === false,
  };
}

/** Remembers the answer for one file: they are worked on one after the other, and each may see thousands of others. */
export function ofOneFile<Answer>(ask: (file: FileNode) => Answer): (file: FileNode) => Answer {
  let last: { readonly file: FileNode; readonly answer: Answer } | undefined;
  return (file) => {
    if (last?.file !== file) last = { file, answer: ask(file) };
    return last.answer;
  };
}
