import { relative, resolve, sep } from "node:path";
import { Node, Project, type SourceFile, ts } from "ts-morph";
import { createFileImports, type FileImports, type GeneratedPlace } from "./file-imports.ts";
import type { HandlerMember, HandlerShape } from "./handler-shape.ts";
import {
  declaredHandlers,
  type HandlerBody,
  hasMember,
  needsChecker,
  ownMember,
  registeredHandlers,
} from "./locate-handlers.ts";
import { type MemberBody, memberCode } from "./member-code.ts";
import { type Splice, splice } from "./splice.ts";
import { indentAt, styleOf } from "./text-style.ts";

/** One service folder of a project: its sources and what its handlers have to have. */
export interface MergeRequest extends GeneratedPlace {
  /** Absolute root of the project. */
  readonly root: string;
  /** Wire name, in whose name new members throw: `go.micro.srv.greeter`. */
  readonly service: string;
  /** New members forward to a client where the class has one: an API. */
  readonly forwards: boolean;
  /** The service's sources by path relative to the root. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Those that a handler may be in, or be registered in. */
  readonly mentioned: (path: string) => boolean;
  /** Files that members may be added to; the others are only read. */
  readonly mayEdit: (path: string) => boolean;
  readonly handlers: readonly HandlerToFit[];
}

export interface HandlerToFit extends HandlerShape {
  /** Properties of rpcs that are gone, or of another kind than before, each with a sentence about it. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Something for the user to do, at a place. */
export interface MergeNote {
  /** Relative to the root. */
  readonly path: string;
  /** 1-based, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** `error`: the handler could not be looked at, so nobody knows what it lacks. */
  readonly severity: "todo" | "error";
}

export interface MergeResult {
  /** Files with what was added, by path. */
  readonly edits: ReadonlyMap<string, Uint8Array>;
  readonly notes: readonly MergeNote[];
}

interface OpenFile {
  readonly path: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly mark: string;
  readonly source: SourceFile;
  readonly imports: FileImports;
  readonly splices: Splice[];
  /** What was added to each body: a class may handle two services that share a name. */
  readonly added: Map<HandlerBody, Set<string>>;
}

/**
 * Adds the members that handlers lack. The syntax tree and the type checker say where; the text is only added to, so
 * that every character of the user stays, in its order. Adding twice adds nothing.
 */
export function mergeHandlers(request: MergeRequest): MergeResult {
  const notes: MergeNote[] = [];
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
  const open = new Map<string, OpenFile>();
  for (const [path, content] of request.files) {
    if (!request.mentioned(path)) continue;
    const file = openFile(project, path, content, request, notes);
    if (file !== undefined) open.set(path, file);
  }
  for (const handler of request.handlers) fitHandler(handler, open, request, notes);

  const edits = new Map<string, Uint8Array>();
  for (const file of open.values()) {
    if (file.splices.length === 0) continue;
    const text = splice(file.text, [...file.imports.splices(), ...file.splices]);
    if (syntaxError(file.path, text) === undefined) edits.set(file.path, Buffer.from(file.mark + text));
    else
      notes.push(
        noteAt(file, 0, "micro-gen found no safe place for new members here; add them by hand", "error"),
      );
  }
  return { edits, notes };
}

/** Undefined for a file nobody can read; a note says why. */
function openFile(
  project: Project,
  path: string,
  content: Uint8Array,
  request: MergeRequest,
  notes: MergeNote[],
): OpenFile | undefined {
  let whole: string;
  try {
    whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    notes.push({
      path,
      line: 1,
      column: 1,
      message: "it is not UTF-8 text, so it cannot be looked at",
      severity: "error",
    });
    return undefined;
  }
  const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
  const text = whole.slice(mark.length);
  const mistake = syntaxError(path, text);
  if (mistake !== undefined) {
    notes.push({ path, ...positionIn(text, mistake.at), message: mistake.message, severity: "error" });
    return undefined;
  }
  const source = project.createSourceFile(resolve(request.root, path), text, { overwrite: true });
  const file = fileOf(source, path, whole, request);
  if (file === undefined) {
    notes.push({
      path,
      line: 1,
      column: 1,
      message: "it cannot be read unchanged, so nothing is added",
      severity: "error",
    });
    return undefined;
  }
  return file;
}

/** Undefined when the syntax tree is not about the very same text, so that its positions would be wrong. */
function fileOf(
  source: SourceFile,
  path: string,
  whole: string,
  request: MergeRequest,
): OpenFile | undefined {
  const mark = whole.startsWith("\uFEFF") ? "\uFEFF" : "";
  const text = whole.slice(mark.length);
  if (source.getFullText() !== text) return undefined;
  return {
    path,
    text,
    mark,
    source,
    imports: createFileImports(source, path, request),
    splices: [],
    added: new Map(),
  };
}

/** A file that the type checker was led to. Undefined for one that is not the service's own. */
function adopt(source: SourceFile, open: Map<string, OpenFile>, request: MergeRequest): OpenFile | undefined {
  const path = relative(request.root, source.getFilePath()).split(sep).join("/");
  const content = request.files.get(path);
  if (content === undefined) return undefined;
  const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
  const file = syntaxError(path, whole) === undefined ? fileOf(source, path, whole, request) : undefined;
  if (file !== undefined) open.set(path, file);
  return file;
}

function fitHandler(
  handler: HandlerToFit,
  open: Map<string, OpenFile>,
  request: MergeRequest,
  notes: MergeNote[],
): void {
  const files = [...open.values()];
  let bodies = files.flatMap(({ source, imports }) =>
    declaredHandlers(source, imports.localsOf(handler.module, handler.handler)),
  );
  if (bodies.length === 0) {
    bodies = files.flatMap(({ source, imports }) =>
      registeredHandlers(source, imports.localsOf(handler.module, handler.register)),
    );
  }
  for (const body of new Set(bodies)) {
    const source = body.getSourceFile();
    const file = [...open.values()].find((one) => one.source === source) ?? adopt(source, open, request);
    if (file !== undefined) fitBody(body, handler, file, request, notes);
  }
}

function fitBody(
  body: HandlerBody,
  handler: HandlerToFit,
  file: OpenFile,
  request: MergeRequest,
  notes: MergeNote[],
): void {
  for (const [property, message] of handler.changed) {
    const member = ownMember(body, property);
    if (member !== undefined) notes.push(noteAt(file, member.getStart(), message, "todo"));
  }
  const checker = needsChecker(body);
  const missing: HandlerMember[] = [];
  const added = file.added.get(body) ?? new Set();
  for (const member of handler.members) {
    if (ownMember(body, member.property) !== undefined || added.has(member.property)) continue;
    const answer = checker ? hasMember(body, member.property) : "no";
    if (answer === "no") missing.push(member);
    if (answer === "unknown") {
      const message = `whether ${member.property} of ${handler.fullName} is here cannot be told, because what this extends cannot be resolved; add it if it is not`;
      notes.push(noteAt(file, body.getStart(), message, "todo"));
    }
  }
  if (missing.length === 0) return;
  if (!request.mayEdit(file.path)) {
    const names = missing.map(({ property }) => property).join(", ");
    const message = `the handler of ${handler.fullName} lacks ${names}; micro-gen adds members below src/handler only`;
    notes.push(noteAt(file, body.getStart(), message, "todo"));
    return;
  }
  const isFirst = added.size === 0;
  file.added.set(body, new Set([...added, ...missing.map(({ property }) => property)]));
  file.splices.push(...insertions(body, handler, missing, file, request, isFirst));
}

/** New members behind everything else in the body, comments included. */
function insertions(
  body: HandlerBody,
  handler: HandlerShape,
  missing: readonly HandlerMember[],
  { text, imports, source }: OpenFile,
  { service, forwards }: MergeRequest,
  isFirst: boolean,
): Splice[] {
  const { newline, indent: unit } = styleOf(text);
  const isObject = Node.isObjectLiteralExpression(body);
  const present: Node[] = isObject ? body.getProperties() : body.getMembers();
  const outer = indentAt(text, body.getStart());
  const first = present.find((member) => /^[ \t]*$/.test(lineBefore(text, member.getStart())));
  const indent = first === undefined ? outer + unit : indentAt(text, first.getStart());
  const step = indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : unit;
  const semicolon = source.getImportDeclarations().some((line) => !line.getText().endsWith(";")) ? "" : ";";

  const client =
    forwards && !isObject ? clientField(body, imports.localsOf(handler.module, handler.client)) : undefined;
  const content: MemberBody =
    client === undefined ? { unimplemented: service } : { forwardTo: `this.${client}` };
  const codes = missing.map((member) =>
    memberCode(handler, member, content, imports, { indent, unit: step, newline, semicolon }),
  );

  const close = body.getEnd() - 1;
  const at = text.slice(0, close).trimEnd().length;
  const blank = isObject ? "" : newline;
  const separator = isObject ? `,${newline}` : newline + blank;
  const lead = isFirst && text[at - 1] === "{" && present.length === 0 ? newline : newline + blank;
  const tail = /\n/.test(text.slice(at, close)) ? "" : newline + outer;
  const found: Splice[] = [];
  if (isObject) {
    const last = body.getProperties().at(-1);
    const list = body.compilerNode.properties;
    if (isFirst && last !== undefined && !list.hasTrailingComma)
      found.push({ at: last.getEnd(), insert: "," });
  }
  found.push({ at, insert: lead + codes.join(separator) + (isObject ? "," : "") + tail });
  return found;
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

/** The name of a field, `#srv`, that holds the service's client. */
function clientField(body: HandlerBody, clientNames: readonly string[]): string | undefined {
  if (Node.isObjectLiteralExpression(body)) return undefined;
  const holds = (node: { getTypeNode(): Node | undefined }) =>
    clientNames.includes(node.getTypeNode()?.getText() ?? "");
  const field = body
    .getInstanceProperties()
    .find((member) => Node.isPropertyDeclaration(member) && holds(member));
  if (field !== undefined) return field.getName();
  return body
    .getConstructors()
    .flatMap((made) => made.getParameters())
    .find((parameter) => parameter.isParameterProperty() && holds(parameter))
    ?.getName();
}

function noteAt(file: OpenFile, at: number, message: string, severity: MergeNote["severity"]): MergeNote {
  return { path: file.path, ...positionIn(file.text, at), message, severity };
}

function positionIn(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** The first syntax error of a TypeScript text. */
function syntaxError(
  path: string,
  text: string,
): { readonly at: number; readonly message: string } | undefined {
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  const first = diagnostics.find(
    ({ start, category }) => start !== undefined && category === ts.DiagnosticCategory.Error,
  );
  if (first === undefined) return undefined;
  return { at: first.start ?? 0, message: ts.flattenDiagnosticMessageText(first.messageText, " ") };
}
