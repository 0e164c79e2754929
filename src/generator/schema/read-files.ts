import type { Diagnostic } from "./diagnostic.ts";
import type { FileFinder } from "./find-files.ts";
import { importPathProblem } from "./find-files.ts";
import { parseFile } from "./parse-file.ts";
import { positionAt } from "./position.ts";
import type { FileNode } from "./syntax.ts";

const descriptorPath = "google/protobuf/descriptor.proto";

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
export function readFiles(finder: FileFinder, asked: readonly string[]): ReadFiles {
  const diagnostics: Diagnostic[] = [];
  const parsed = new Map<string, FileNode>();
  const broken = new Set<FileNode>();
  const incomplete = new Set<FileNode>();
  const askedPaths = new Set<string>();
  for (const name of asked) {
    const found = finder.toImportPath(name);
    if ("path" in found) askedPaths.add(found.path);
    else
      diagnostics.push({
        position: { file: name, line: 1, column: 1 },
        rule: "file-not-found",
        message: found.problem,
      });
  }

  const files: FileNode[] = [];
  for (const path of [...askedPaths].sort()) visit(path, undefined, []);
  const reachable = new Set(files);
  visit(descriptorPath, undefined, []);
  return { files, reachable, broken, incomplete, diagnostics };

  /** Depth first, so that a file comes after all it imports. `chain`: how we got here, for cycles. */
  function visit(
    path: string,
    from: { file: FileNode; at: number } | undefined,
    chain: readonly string[],
  ): void {
    const known = parsed.get(path);
    if (known !== undefined) return;
    const complain = (rule: string, message: string) => {
      const position =
        from === undefined ? { file: path, line: 1, column: 1 } : positionAt(from.file, from.at);
      diagnostics.push({ position, rule, message });
      if (from !== undefined) incomplete.add(from.file);
    };
    const found = finder.read(path);
    if ("problem" in found) {
      complain(found.rule, found.problem);
      return;
    }
    const origin = found.origin === "bundled" ? "bundled" : askedPaths.has(path) ? "asked" : "import";
    const { file, errors, hasLostNames } = parseFile(path, found.text, origin);
    parsed.set(path, file);
    for (const { at, message } of errors)
      diagnostics.push({ position: positionAt(file, at), rule: "syntax", message });
    if (errors.length > 0) broken.add(file);
    if (hasLostNames) incomplete.add(file);
    const inner = [...chain, path];
    for (const node of file.imports) {
      const problem = importPathProblem(node.path);
      const cycle = inner.indexOf(node.path);
      if (problem !== undefined) {
        diagnostics.push({ position: positionAt(file, node.at), rule: "import-path", message: problem });
        incomplete.add(file);
      } else if (cycle >= 0) {
        const way = [...inner.slice(cycle), node.path].join(" -> ");
        const message = way.length > 300 ? `${way.slice(0, 300)}...` : way;
        diagnostics.push({
          position: positionAt(file, node.at),
          rule: "import-cycle",
          message: `Files cannot import each other in a circle (${message}); move what both need into a third file.`,
        });
      } else {
        visit(node.path, { file, at: node.at }, inner);
      }
    }
    files.push(file);
  }
}
