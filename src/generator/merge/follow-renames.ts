import { resolve } from "node:path";
import type { SourceFile, ts } from "ts-morph";
import { docComment } from "../emit/doc-comment.ts";
import type { CodeRename, ExportRename, MemberRename } from "./code-renames.ts";
import { Node } from "./compiler.ts";
import { type FitStyle, memberBodies } from "./fit-body.ts";
import type { HandlerShape } from "./handler-shape.ts";
import {
  declaredHandlers,
  type HandlerBody,
  instanceTypeOf,
  ownMember,
  registeredHandlers,
} from "./locate-handlers.ts";
import type { MergeNote } from "./merge-note.ts";
import { moveImports } from "./move-imports.ts";
import { declareOldNames } from "./old-names.ts";
import { createOpenFiles, noteAt, type OpenFile, type SourcesToOpen } from "./open-file.ts";
import { isUntouched, withoutMember } from "./untouched-member.ts";

/** Sources of one service, and what is called otherwise from now on. */
export interface FollowRequest extends SourcesToOpen, FitStyle {
  /** The services as they are now. */
  readonly shapes: readonly HandlerShape[];
  readonly renames: readonly CodeRename[];
  /** The generated modules as they will be, by path relative to the root. */
  readonly generated: ReadonlyMap<string, string>;
}

export interface FollowResult {
  /** Files with the new names, by path. */
  readonly edits: ReadonlyMap<string, Uint8Array>;
  readonly notes: readonly MergeNote[];
}

/**
 * Writes the new names in the user's files. The compiler's own rename finds the places, as an editor's would: what only
 * looks like the name stays. Nothing but names is replaced.
 *
 * For the compiler, generated modules are as they will be, and declare the old names besides.
 */
export function followRenames(request: FollowRequest): FollowResult {
  const notes: MergeNote[] = [];
  const files = createOpenFiles(request, notes);
  const words = request.renames.flatMap((rename) => [
    rename.from,
    ...(rename.kind === "member" ? [...rename.interfaces, `register${rename.handler}`] : []),
  ]);
  const concerns = wordPattern(words);
  for (const [path, content] of request.files) {
    if (concerns.test(Buffer.from(content).toString("utf8"))) files.open(path, content);
  }
  if (files.list().length === 0) return { edits: new Map(), notes: [] };

  const modules = declareOldNames(request, (path, text) =>
    files.project.createSourceFile(resolve(request.root, path), text, { overwrite: true }),
  );
  const service = files.project.getLanguageService().compilerObject;
  const locate = (source: SourceFile, at: number): readonly ts.RenameLocation[] =>
    service.findRenameLocations(source.getFilePath(), at, false, false, {
      providePrefixAndSuffixTextForRename: true,
    }) ?? [];
  const fileOf = (name: string): OpenFile | undefined => {
    const source = files.project.getSourceFile(name);
    return source === undefined ? undefined : files.adopt(source);
  };

  for (const rename of request.renames) {
    if (rename.kind === "member") renameMember(rename);
    else renameExport(rename);
  }
  for (const file of files.list()) moveImports(file, request);
  return { edits: files.edits(), notes };

  function renameExport(rename: ExportRename): void {
    if (rename.from === rename.to) return; // only moved
    const source = modules.get(rename.fromModule);
    const declared = source?.getTypeAlias(rename.from) ?? source?.getInterface(rename.from);
    const name = declared?.getNameNode() ?? source?.getVariableDeclaration(rename.from)?.getNameNode();
    if (source === undefined || name === undefined) return;
    for (const location of locate(source, name.getStart())) {
      const file = fileOf(location.fileName);
      if (file === undefined) continue;
      // A file that has the new name for something else keeps the old one for itself: `Question as Ask`.
      if (!wordPattern([rename.to]).test(file.text)) put(file, location, rename.to);
      else if (isImportedName(file, location))
        put(file, { ...location, suffixText: ` as ${rename.from}` }, rename.to);
      else if (isQualified(file, location)) put(file, location, rename.to);
    }
  }

  function renameMember(rename: MemberRename): void {
    const source = modules.get(rename.module);
    if (source === undefined) return;
    const bodies = handlersOf(rename);
    const inTheWay = bodies.flatMap((body) => {
      const member = ownMember(body, rename.to);
      return member === undefined || makeRoom(member, body, rename) ? [] : [member];
    });
    if (inTheWay.length > 0) {
      for (const member of inTheWay) {
        const file = fileOf(member.getSourceFile().getFilePath());
        const message = `${rename.rpc} is written here already, so ${rename.from} was not renamed to ${rename.to}`;
        if (file !== undefined) notes.push(noteAt(file, member.getStart(), message));
      }
      return;
    }
    const names: Node[] = rename.interfaces.flatMap((name) =>
      source
        .getInterfaces()
        .flatMap((one) =>
          one.getName() === name ? (one.getProperty(rename.from)?.getNameNode() ?? []) : [],
        ),
    );
    // Classes that no `implements` ties to the interface, and what handlers inherit.
    for (const body of bodies) {
      const declarations = instanceTypeOf(body).getProperty(rename.from)?.getDeclarations() ?? [];
      for (const declaration of declarations) {
        const file = fileOf(declaration.getSourceFile().getFilePath());
        if (file === undefined) continue;
        if (Node.isShorthandPropertyAssignment(declaration)) {
          const textSpan = { start: declaration.getStart(), length: rename.from.length };
          put(file, { textSpan, prefixText: `${rename.to}: ` }, rename.from);
        } else if (Node.hasName(declaration) || Node.isPropertyNamed(declaration))
          names.push(declaration.getNameNode());
      }
    }
    for (const name of names) {
      for (const location of locate(name.getSourceFile(), nameStart(name))) {
        const file = fileOf(location.fileName);
        if (file !== undefined) put(file, location, rename.to);
      }
    }
  }

  /** A run before this one may have added the member: it goes when nobody wrote it, and only then. */
  function makeRoom(node: Node, body: HandlerBody, { module, handler, rpc, from }: MemberRename): boolean {
    const file = fileOf(node.getSourceFile().getFilePath());
    const shape = request.shapes.find((one) => one.module === module && one.handler === handler);
    const member = shape?.members.find(({ method }) => method.fullName === rpc);
    if (file === undefined || shape === undefined || member === undefined) return false;
    const doc = docComment(member.method.comment, member.method.deprecated).join("\n");
    const bodies = memberBodies(body, shape, file, request);
    if (
      ownMember(body, from) === undefined ||
      !isUntouched(node, file, { handler: shape, member, bodies, doc })
    )
      return false;
    file.splices.push(withoutMember(node, body, file.text));
    file.imports.release(node);
    return true;
  }

  /** By the names that the user's files still have. */
  function handlersOf({ module, handler }: MemberRename): HandlerBody[] {
    const names = [{ module, handler }];
    for (const one of request.renames)
      if (one.kind === "export" && one.toModule === module && one.to === handler)
        names.push({ module: one.fromModule, handler: one.from });
    const found = files
      .list()
      .flatMap(({ source, imports }) =>
        names.flatMap((name) => [
          ...declaredHandlers(source, imports.localsOf(name.module, name.handler)),
          ...registeredHandlers(source, imports.localsOf(name.module, `register${name.handler}`)),
        ]),
      );
    return [...new Set(found)];
  }
}

/** The span's new text; an edit that is there already stays the only one. */
function put(
  file: OpenFile,
  {
    textSpan,
    prefixText = "",
    suffixText = "",
  }: Pick<ts.RenameLocation, "textSpan" | "prefixText" | "suffixText">,
  to: string,
): void {
  const at = textSpan.start;
  if (file.splices.some((one) => one.at === at)) return;
  file.splices.push({ at, end: at + textSpan.length, insert: prefixText + to + suffixText });
}

/** The only name of an import: `import { Ask }`, not `import { Ask as A }`. */
function isImportedName({ source }: OpenFile, { textSpan }: ts.RenameLocation): boolean {
  const parent = source.getDescendantAtPos(textSpan.start)?.getParent();
  return Node.isImportSpecifier(parent) && parent.getAliasNode() === undefined;
}

/** A name behind a dot, or one that has another beside it: `gen.Ask`, `import { Ask as A }`. */
function isQualified({ source, text }: OpenFile, { textSpan }: ts.RenameLocation): boolean {
  const parent = source.getDescendantAtPos(textSpan.start)?.getParent();
  return Node.isImportSpecifier(parent) || text.slice(0, textSpan.start).trimEnd().endsWith(".");
}

/** Positions of names in quotes are inside of the quotes. */
function nameStart(name: Node): number {
  if (Node.isComputedPropertyName(name)) return nameStart(name.getExpression());
  return name.getStart() + (Node.isStringLiteral(name) || Node.isNoSubstitutionTemplateLiteral(name) ? 1 : 0);
}

function wordPattern(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.replaceAll("$", "\\$")).join("|");
  return new RegExp(`(?<![\\p{ID_Continue}$])(?:${escaped})(?![\\p{ID_Continue}$])`, "u");
}
