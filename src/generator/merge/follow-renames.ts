import { posix, resolve } from "node:path";
import { Node, type SourceFile, type ts } from "ts-morph";
import { docComment } from "../emit/doc-comment.ts";
import type { CodeRename, ExportRename, MemberRename } from "./code-renames.ts";
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

  function handlersOf({ module, handler }: MemberRename): HandlerBody[] {
    const register = `register${handler}`;
    return [
      ...new Set(
        files
          .list()
          .flatMap(({ source, imports }) => [
            ...declaredHandlers(source, imports.localsOf(module, handler)),
            ...registeredHandlers(source, imports.localsOf(module, register)),
          ]),
      ),
    ];
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

/**
 * Puts the modules that renames are about, with the old names beside the new ones.
 *
 * @returns them by the name of the module
 */
function declareOldNames(
  { out, renames, generated }: FollowRequest,
  create: (path: string, text: string) => SourceFile,
): Map<string, SourceFile> {
  const more = new Map<string, string[]>();
  const add = (module: string, ...lines: string[]) =>
    more.set(module, [...(more.get(module) ?? []), ...lines]);
  for (const rename of renames) {
    if (rename.kind === "member") {
      for (const name of rename.interfaces)
        add(rename.module, `export interface ${name} { ${rename.from}: any }`);
      continue;
    }
    const { fromModule, toModule, from, to } = rename;
    add(toModule);
    const target = fromModule === toModule ? to : `Moved_${to}`;
    if (fromModule !== toModule) {
      const way = posix.relative(posix.dirname(fromModule), toModule);
      add(fromModule, `import { ${to} as ${target} } from "${way.startsWith(".") ? way : `./${way}`}.ts";`);
    }
    add(fromModule, ...aliasOf(from, target, generated.get(posix.join(out, `${toModule}.ts`)) ?? "", to));
  }
  return new Map(
    [...more].map(([module, lines]) => {
      const path = posix.join(out, `${module}.ts`);
      const text = generated.get(path) ?? "export {};\n";
      return [module, create(path, `${text}\n${lines.join("\n")}\n`)];
    }),
  );
}

/** A declaration that means the same as another. Interfaces are extended, so that their members are one. */
function aliasOf(from: string, target: string, text: string, to: string): string[] {
  const escaped = to.replaceAll("$", "\\$");
  const is = (keyword: string) => new RegExp(`^export ${keyword} ${escaped}\\b`, "m").test(text);
  return [
    ...(is("interface") ? [`export interface ${from} extends ${target} {}`] : []),
    ...(is("type") ? [`export type ${from} = ${target};`] : []),
    ...(is("const") || is("function") ? [`export const ${from}: typeof ${target} = ${target};`] : []),
  ];
}

/** Imports of a module all of whose wanted names are in another one now. */
function moveImports(file: OpenFile, { renames, out }: FollowRequest): void {
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

function wordPattern(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.replaceAll("$", "\\$")).join("|");
  return new RegExp(`(?<![\\p{ID_Continue}$])(?:${escaped})(?![\\p{ID_Continue}$])`, "u");
}
