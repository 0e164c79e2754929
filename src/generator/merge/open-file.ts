import { relative, resolve, sep } from "node:path";
import type { SourceFile, Project as TsMorphProject } from "ts-morph";
import { Project, ts } from "./compiler.ts";
import { createFileImports, type FileImports, type GeneratedPlace } from "./file-imports.ts";
import type { MergeNote } from "./merge-note.ts";
import { type Splice, splice } from "./splice.ts";

/** A source of the user, with what is going to change in it. */
export interface OpenFile {
  /** Relative to the root. */
  readonly path: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly mark: string;
  readonly source: SourceFile;
  readonly imports: FileImports;
  readonly splices: Splice[];
}

/** The user's sources as syntax trees; the type checker finds what they import on disk. */
export interface OpenFiles {
  readonly project: TsMorphProject;
  /** Undefined for a file nobody can read; a note says why. */
  open(path: string, content: Uint8Array): OpenFile | undefined;
  /** A file that the type checker was led to. Undefined for one that is not among the user's. */
  adopt(source: SourceFile): OpenFile | undefined;
  list(): OpenFile[];
  /** Files with what changed in them, by path; those that nothing changed are left out. */
  edits(): Map<string, Uint8Array>;
}

/** What the user's sources are, and where complaints about them go. */
export interface SourcesToOpen extends GeneratedPlace {
  /** Absolute root of the project. */
  readonly root: string;
  /** By path relative to the root. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export function createOpenFiles(sources: SourcesToOpen, notes: MergeNote[]): OpenFiles {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    compilerOptions: {
      allowImportingTsExtensions: true,
      lib: ["lib.es2022.d.ts"], // what a base class is made of; the DOM alone would take a second
      noEmit: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
      target: ts.ScriptTarget.ES2022,
      types: [],
    },
  });
  const known = new Map<string, OpenFile>();

  const keep = (source: SourceFile, path: string, whole: string): OpenFile | undefined => {
    const { mark, text } = withoutMark(whole);
    // Positions of a syntax tree that is about another text would be wrong.
    if (source.getFullText() !== text) return undefined;
    const imports = createFileImports(source, path, sources);
    const file: OpenFile = { path, text, mark, source, imports, splices: [] };
    known.set(path, file);
    return file;
  };

  return {
    project,
    open(path, content) {
      const complain = (message: string, at = { line: 1, column: 1 }): undefined => {
        notes.push({ path, ...at, message, severity: "error" });
      };
      const whole = textOf(content);
      if (whole === undefined) return complain("it is not UTF-8 text, so it cannot be looked at");
      const { text } = withoutMark(whole);
      const mistake = syntaxError(path, text);
      if (mistake !== undefined) return complain(mistake.message, positionIn(text, mistake.at));
      const source = project.createSourceFile(resolve(sources.root, path), text, { overwrite: true });
      return keep(source, path, whole) ?? complain("it cannot be read unchanged, so nothing is added");
    },
    adopt(source) {
      const path = relative(sources.root, source.getFilePath()).split(sep).join("/");
      const content = sources.files.get(path);
      if (known.has(path) || content === undefined) return known.get(path);
      const whole = textOf(content);
      if (whole === undefined || syntaxError(path, whole) !== undefined) return undefined;
      return keep(source, path, whole);
    },
    list: () => [...known.values()],
    edits() {
      const found = new Map<string, Uint8Array>();
      for (const file of known.values()) {
        const changes = [...file.imports.splices(), ...file.splices];
        if (changes.length === 0) continue;
        const text = splice(file.text, changes);
        if (syntaxError(file.path, text) === undefined) found.set(file.path, Buffer.from(file.mark + text));
        else
          notes.push(
            noteAt(file, 0, "micro-gen found no safe place for its changes here; make them by hand", "error"),
          );
      }
      return found;
    },
  };
}

export function noteAt(
  file: OpenFile,
  at: number,
  message: string,
  severity: MergeNote["severity"] = "todo",
): MergeNote {
  return { path: file.path, ...positionIn(file.text, at), message, severity };
}

/** Undefined for bytes that are not UTF-8: written back as text they would be others. */
function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function withoutMark(whole: string): { readonly mark: string; readonly text: string } {
  const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
  return { mark, text: whole.slice(mark.length) };
}

function positionIn(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** The first syntax error of a TypeScript text: of a program that has this file alone and looks no name up. */
function syntaxError(
  path: string,
  text: string,
): { readonly at: number; readonly message: string } | undefined {
  const options = { noLib: true, noResolve: true, target: ts.ScriptTarget.ESNext };
  const source = ts.createSourceFile(path, text, options.target);
  const program = ts.createProgram([path], options, {
    getSourceFile: (name) => (name === path ? source : undefined),
    fileExists: (name) => name === path,
    readFile: () => undefined,
    writeFile: () => {},
    getDefaultLibFileName: () => "lib.d.ts",
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => "",
    getNewLine: () => "\n",
    useCaseSensitiveFileNames: () => true,
  });
  const first = program
    .getSyntacticDiagnostics(source)
    .find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (first === undefined) return undefined;
  return { at: first.start, message: ts.flattenDiagnosticMessageText(first.messageText, " ") };
}
