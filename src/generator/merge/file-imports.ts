import { posix } from "node:path";
import type { ImportDeclaration, ImportSpecifier, Node, SourceFile } from "ts-morph";
import type { MemberNames } from "./member-code.ts";
import type { Splice } from "./splice.ts";
import { styleOf } from "./text-style.ts";
import { unusedImports } from "./unused-imports.ts";

/** Where generated code lies, as a file of the user sees it. */
export interface GeneratedPlace {
  /** Output folder relative to the root: `srv/src/gen`. */
  readonly out: string;
  readonly importExtension: "ts" | "js";
}

/** The imports of one file: which local names it has, and which have to be added. */
export interface FileImports extends MemberNames {
  /** Local names, `ns.X` for namespace imports, of something a module exports. */
  localsOf(module: string, name: string): string[];
  /** The places where something a module exports is imported by its name. */
  specifiersOf(module: string, name: string): ImportSpecifier[];
  /** Whether a local name comes from a file, given relative to the root. */
  isFrom(local: string, file: string): boolean;
  /** Code that goes: imports that only it needs go with it. */
  release(code: Node): void;
  /** Whether an import is one that `release` makes unnecessary. */
  goes(specifier: Node): boolean;
  /** What the names handed out by `type` and `value` need, and what `release` makes unnecessary. */
  splices(): Splice[];
}

interface Wanted {
  readonly module: string;
  readonly name: string;
  readonly local: string;
  isType: boolean;
}

/** @param path of the file, relative to the root */
export function createFileImports(source: SourceFile, path: string, place: GeneratedPlace): FileImports {
  const text = source.getFullText();
  const declarations = source.getImportDeclarations();
  const taken = new Set(text.match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu) ?? []);
  const wanted: Wanted[] = [];
  const used = new Set<string>();
  const released: Node[] = [];

  /** `loosely`: an alias may be it, too. */
  const refersTo = (declaration: ImportDeclaration, module: string, loosely: boolean): boolean => {
    const specifier = declaration.getModuleSpecifierValue();
    if (!module.startsWith("/"))
      return specifier === module || (module === RUNTIME && specifier === `${RUNTIME}/protobuf`);
    const stem = specifier.replace(/\.[jt]s$/, "");
    if (stem.startsWith(".")) return posix.join(posix.dirname(path), stem) === posix.join(place.out, module);
    // `#gen/greeter.service.js`, `@/gen/greeter`: what an alias stands for is known to the user's tools only.
    return loosely && stem.endsWith(module);
  };

  /** Both export MessageInit, and little else. */
  const isOther = (declaration: ImportDeclaration, module: string): boolean =>
    module === RUNTIME && declaration.getModuleSpecifierValue() === `${RUNTIME}/protobuf`;

  const find = (module: string, name: string, isType: boolean): string[] =>
    declarations
      .filter((declaration) => refersTo(declaration, module, true))
      .filter((declaration) => isType || !declaration.isTypeOnly())
      .flatMap((declaration) => {
        const namespace = declaration.getNamespaceImport();
        if (isOther(declaration, module) && name !== "MessageInit") return [];
        if (namespace !== undefined) return [`${namespace.getText()}.${name}`];
        return declaration
          .getNamedImports()
          .filter((item) => item.getName() === name && (isType || !item.isTypeOnly()))
          .map((item) => item.getAliasNode()?.getText() ?? name);
      });

  const refer = (module: string, name: string, isType: boolean): string => {
    const known = find(module, name, isType)[0];
    if (known !== undefined) {
      used.add(known);
      return known;
    }
    const before = wanted.find((item) => item.module === module && item.name === name);
    if (before !== undefined) {
      before.isType &&= isType;
      return before.local;
    }
    let local = name;
    for (let n = 2; taken.has(local); n++) local = `${name}${n}`;
    taken.add(local);
    wanted.push({ module, name, local, isType });
    return local;
  };

  const splices = (): Splice[] => {
    const found: Splice[] = [];
    const lines: string[] = [];
    const unused = unusedImports(source, released, isOurs, (local) => used.has(local));
    const isShrinking = (declaration: ImportDeclaration) =>
      unused.some(({ at, end = at }) => at < declaration.getEnd() && declaration.getStart() < end);
    for (const module of new Set(wanted.map((item) => item.module))) {
      const items = wanted.filter((item) => item.module === module);
      const fitting = declarations.filter(
        (declaration) =>
          refersTo(declaration, module, false) &&
          !isOther(declaration, module) &&
          declaration.getNamedImports().length > 0,
      );
      const rest: Wanted[] = [];
      const added = new Map<ImportDeclaration, Wanted[]>();
      for (const item of items) {
        const target = fitting.find((declaration) => item.isType || !declaration.isTypeOnly());
        if (target === undefined) rest.push(item);
        else added.set(target, [...(added.get(target) ?? []), item]);
      }
      for (const [declaration, more] of added)
        found.push(...intoList(text, declaration, more, !isShrinking(declaration)));
      if (rest.length > 0) lines.push(newImport(rest, specifierOf(module), style()));
    }
    const more = lines.length === 0 ? found : [...found, newLines(source, text, lines)];
    // A line that grows, or that new ones stand behind, stays.
    const gone = unused.filter(
      ({ at, end = at }) => !more.some((place) => at <= place.at && place.at <= end),
    );
    return [...more, ...gone];
  };

  /** Imports of generated code, the runtime and handlers: others no code of ours needs. */
  const isOurs = (declaration: ImportDeclaration): boolean => {
    const specifier = declaration.getModuleSpecifierValue();
    return specifier === RUNTIME || specifier.startsWith(".");
  };

  /** Quotes and semicolons as the file's first import has them. */
  const style = (): ImportStyle => {
    const first = declarations[0]?.getText();
    return {
      quote: /'[^']*'[^'"]*$/.test(first ?? "") ? "'" : '"',
      semicolon: first === undefined || first.endsWith(";") ? ";" : "",
    };
  };

  const specifierOf = (module: string): string => {
    if (!module.startsWith("/")) return module;
    const way = posix.relative(posix.dirname(path), posix.join(place.out, module));
    const sample = declarations
      .map((declaration) => declaration.getModuleSpecifierValue())
      .find((specifier) => specifier.startsWith("."));
    // What micro-gen writes is `.ts`, whatever the user's own files are.
    const [, written] = /\.[cm]?([jt]s)$/.exec(sample ?? `.${place.importExtension}`) ?? [];
    const extension = written === undefined ? "" : `.${written}`;
    return `${way.startsWith(".") ? way : `./${way}`}${extension}`;
  };

  return {
    type: (module, name) => refer(module, name, true),
    value: (module, name) => refer(module, name, false),
    localsOf: (module, name) => find(module, name, true),
    specifiersOf: (module, name) =>
      declarations
        .filter((declaration) => refersTo(declaration, module, true))
        .flatMap((declaration) => declaration.getNamedImports().filter((item) => item.getName() === name)),
    isFrom: (local, file) =>
      declarations.some(
        (declaration) =>
          posix.join(
            posix.dirname(path),
            declaration.getModuleSpecifierValue().replace(/\.[cm]?[jt]s$/, ""),
          ) === file.replace(/\.[cm]?ts$/, "") &&
          declaration
            .getNamedImports()
            .some((item) => (item.getAliasNode() ?? item.getNameNode()).getText() === local),
      ),
    goes: (specifier) =>
      splices().some(({ at, end = at }) => at <= specifier.getStart() && specifier.getEnd() <= end),
    release: (code) => void released.push(code),
    splices,
  };
}

const RUNTIME = "@micro-service/runtime";

interface ImportStyle {
  readonly quote: string;
  readonly semicolon: string;
}

function named({ name, local }: Wanted): string {
  return name === local ? name : `${name} as ${local}`;
}

function newImport(items: readonly Wanted[], from: string, { quote, semicolon }: ImportStyle): string {
  const allTypes = items.every(({ isType }) => isType);
  const list = items.map((item) => (item.isType && !allTypes ? `type ${named(item)}` : named(item)));
  return `import ${allTypes ? "type " : ""}{ ${list.join(", ")} } from ${quote}${from}${quote}${semicolon}`;
}

/**
 * In a sorted list each name goes where it belongs, else behind the last one. Behind a name: that fits with and without a
 * comma there, and never touches a comment.
 *
 * @param isStable nothing of the list goes
 */
function intoList(
  text: string,
  declaration: ImportDeclaration,
  items: readonly Wanted[],
  isStable: boolean,
): Splice[] {
  const names = declaration.getNamedImports();
  const order = isStable ? orderOf(names.map((item) => item.getName())) : undefined;
  const places = new Map<ImportSpecifier | undefined, string[]>();
  for (const item of order === undefined ? items : items.toSorted((a, b) => order(a.name, b.name))) {
    const place =
      order === undefined ? names.at(-1) : names.findLast((one) => order(one.getName(), item.name) <= 0);
    const code = item.isType && !declaration.isTypeOnly() ? `type ${named(item)}` : named(item);
    places.set(place, [...(places.get(place) ?? []), code]);
  }
  const { newline } = styleOf(text);
  return [...places].map(([place, list]) => {
    const beside = place ?? (names[0] as ImportSpecifier);
    const start = beside.getStart();
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const ownLine = /^[ \t]*$/.test(text.slice(lineStart, start)) && lineStart > declaration.getStart();
    const between = ownLine ? `,${newline}${text.slice(lineStart, start)}` : ", ";
    // A comment that ends the line of a name is that name's.
    const next = place && order && names[names.indexOf(place) + 1];
    const way = next === undefined ? "" : text.slice(beside.getEnd(), next.getStart());
    if (next !== undefined && ownLine && /^,[ \t]*\/[/*][^\n]*\n[ \t]*$/.test(way))
      return { at: next.getStart(), insert: list.map((item) => item + between).join("") };
    return place === undefined
      ? { at: start, insert: list.map((item) => item + between).join("") }
      : { at: place.getEnd(), insert: list.map((item) => between + item).join("") };
  });
}

type Order = (a: string, b: string) => number;

const byCode: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byLetter: Order = (a, b) => byCode(a.toLowerCase(), b.toLowerCase()) || byCode(a, b);

/** How names are sorted, as the usual tools do it; undefined when they are not. */
function orderOf(names: readonly string[]): Order | undefined {
  return [byLetter, byCode].find((order) =>
    names.every((name, index) => index === 0 || order(names[index - 1] as string, name) <= 0),
  );
}

/** Whole import lines: behind the last import, else in front of the first statement. */
function newLines(source: SourceFile, text: string, lines: readonly string[]): Splice {
  const { newline } = styleOf(text);
  const last = source.getImportDeclarations().at(-1);
  if (last === undefined) {
    const at = source.getStatements()[0]?.getStart() ?? text.length;
    return { at, insert: lines.map((line) => line + newline).join("") };
  }
  const end = last.getEnd();
  // A comment behind the import stays with it; anything else on that line goes on below the new lines.
  const comment = /^[ \t]*(\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end))?.[0] ?? "";
  return { at: end + comment.length, insert: lines.map((line) => newline + line).join("") };
}
