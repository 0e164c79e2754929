import type { Diagnostic } from "./diagnostic.ts";
import type { FileSource } from "./file-source.ts";
import { importPathProblem } from "./find-files.ts";
import { positionAt } from "./position.ts";
import type { FileNode } from "./syntax.ts";

/** Imported files, besides those asked for. Reading and writing more takes longer than anybody waits for one schema. */
const maxImported = 5000;

/** Read with every schema, for the options that everybody has. */
export const descriptorPath = "google/protobuf/descriptor.proto";

export interface ReadFiles {
  /** Imports first; the order does not depend on the order of asking. */
  readonly files: readonly FileNode[];
  /** What was asked for, and what that imports. The rest was read for its options. */
  readonly reachable: ReadonlySet<FileNode>;
  /** Files of which only a part could be read. */
  readonly broken: ReadonlySet<FileNode>;
  /** Files in which a mistake hides names: what is not found there may well exist. */
  readonly incomplete: ReadonlySet<FileNode>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and parses the files asked for and everything they import. */
export function readFiles(source: FileSource, asked: readonly string[]): ReadFiles {
  const diagnostics: Diagnostic[] = [];
  const parsed = new Map<string, FileNode>();
  const broken = new Set<FileNode>();
  const incomplete = new Set<FileNode>();
  const askedPaths = new Set<string>();
  let imported = 0;
  for (const name of asked) {
    const found = source.toImportPath(name);
    if ("path" in found) askedPaths.add(found.path);
    else
      diagnostics.push({
        position: { file: name, line: 1, column: 1 },
        rule: "file-not-found",
        message: found.problem,
      });
  }

  const files: FileNode[] = [];
  for (const path of [...askedPaths].sort()) visit(path);
  const reachable = new Set(files);
  visit(descriptorPath);
  return { files, reachable, broken, incomplete, diagnostics };

  /**
   * Depth first, so that a file comes after all it imports. Files on the way down are kept in a list of our own: imports
   * may be chained deeper than calls may be.
   */
  function visit(path: string): void {
    const way: { readonly file: FileNode; next: number }[] = [];
    const onTheWay = new Set<string>();
    const enter = (file: FileNode | undefined) => {
      if (file === undefined) return;
      way.push({ file, next: 0 });
      onTheWay.add(file.path);
    };
    enter(read(path, undefined));
    for (let current = way.at(-1); current !== undefined; current = way.at(-1)) {
      const { file } = current;
      const node = file.imports[current.next];
      current.next += 1;
      if (node === undefined) {
        way.pop();
        onTheWay.delete(file.path);
        files.push(file);
        continue;
      }
      const problem = importPathProblem(node.path);
      if (problem !== undefined) {
        diagnostics.push({ position: positionAt(file, node.at), rule: "import-path", message: problem });
        incomplete.add(file);
      } else if (onTheWay.has(node.path)) {
        const start = way.findIndex((step) => step.file.path === node.path);
        const circle = [...way.slice(start).map((step) => step.file.path), node.path].join(" -> ");
        const shown = circle.length > 300 ? `${circle.slice(0, 300)}...` : circle;
        diagnostics.push({
          position: positionAt(file, node.at),
          rule: "import-cycle",
          message: `Files cannot import each other in a circle (${shown}); move what both need into a third file.`,
        });
      } else {
        enter(read(node.path, { file, at: node.at }));
      }
    }
  }

  /** A file that was not read before; undefined for others, and for those that cannot be read. */
  function read(path: string, from: { file: FileNode; at: number } | undefined): FileNode | undefined {
    if (parsed.has(path) || imported > maxImported) return undefined;
    const opened = source.open(path, askedPaths.has(path));
    if ("problem" in opened) {
      const position =
        from === undefined ? { file: path, line: 1, column: 1 } : positionAt(from.file, from.at);
      diagnostics.push({ position, rule: opened.rule, message: opened.problem });
      if (from !== undefined) incomplete.add(from.file);
      return undefined;
    }
    const { file, errors, hasLostNames } = opened;
    parsed.set(path, file);
    if (file.origin === "import" && ++imported > maxImported && from !== undefined) {
      diagnostics.push({
        position: positionAt(from.file, from.at),
        rule: "too-many-imports",
        message: `Of files that are imported, ${maxImported} are read; name those to generate code for, or split the schema.`,
      });
    }
    if (imported > maxImported) for (const known of parsed.values()) incomplete.add(known);
    for (const { at, message } of errors)
      diagnostics.push({ position: positionAt(file, at), rule: "syntax", message });
    if (errors.length > 0) broken.add(file);
    if (hasLostNames) incomplete.add(file);
    return file;
  }
}
