import { posix } from "node:path";
import { createNamer } from "./naming.ts";
import { LANGUAGE_GLOBALS } from "./shadowed-global.ts";

/** Longest line of generated files. */
export const LINE_WIDTH = 110;

/** Globals of Node and TypeScript that generated code refers to, or that an import should not be confused with. */
const OTHER_GLOBALS = "AsyncIterable Buffer Iterable NonNullable console process undefined".split(" ");

/**
 * One generated module: hands out names for what its text refers to and prints exactly the imports that were asked for,
 * aliased where two names clash.
 */
export interface ModuleFile {
  /** Local name of a type exported by `module`, which may be this one. */
  type(module: string, name: string): string;
  /** Local name of a value exported by `module`, which may be this one. */
  value(module: string, name: string): string;
  /** How to write a global, also when the module itself declares something of that name. */
  global(name: string): string;
  /** The whole text. `body` must have been made with the names handed out before, and ends with a line feed. */
  print(head: readonly string[], body: string): string;
}

interface ImportedName {
  readonly local: string;
  isType: boolean;
}

/**
 * @param path of the module, relative to the output folder
 * @param declared what the module declares itself
 */
export function createModuleFile(
  path: string,
  declared: readonly string[],
  importExtension: string,
): ModuleFile {
  const namer = createNamer([...declared, ...LANGUAGE_GLOBALS, ...OTHER_GLOBALS]);
  const own = `/${path.replace(/\.ts$/, "")}`;
  const ownNames = new Set(declared);
  const imports = new Map<string, Map<string, ImportedName>>();

  const refer = (module: string, name: string, isType: boolean): string => {
    if (module === own) return name;
    let names = imports.get(module);
    if (names === undefined) {
      names = new Map();
      imports.set(module, names);
    }
    const known = names.get(name);
    if (known !== undefined) {
      known.isType &&= isType;
      return known.local;
    }
    const local = namer(name);
    names.set(name, { local, isType });
    return local;
  };

  const specifier = (module: string): string => {
    if (!module.startsWith("/")) return module;
    const relative = posix.relative(posix.dirname(`/${path}`), module);
    return `${relative.startsWith(".") ? relative : `./${relative}`}.${importExtension}`;
  };

  return {
    type: (module, name) => refer(module, name, true),
    value: (module, name) => refer(module, name, false),
    global: (name) => (ownNames.has(name) ? `globalThis.${name}` : name),
    print(head, body) {
      const lines = [...imports]
        .map(([module, names]) => ({ from: specifier(module), names }))
        .sort((a, b) => rank(a.from) - rank(b.from) || (a.from < b.from ? -1 : 1))
        .flatMap(({ from, names }) => importLines(from, names));
      const top = [...head, ...lines, ...(lines.length > 0 ? [""] : [])];
      return `${top.join("\n")}\n${body}`;
    },
  };
}

/** Packages, then what is farther away, then neighbours: the order formatters like. */
function rank(specifier: string): number {
  return specifier.startsWith("../") ? 1 : specifier.startsWith("./") ? 2 : 0;
}

function importLines(from: string, names: ReadonlyMap<string, ImportedName>): string[] {
  const allTypes = [...names.values()].every((name) => name.isType);
  const parts = [...names.keys()].sort(compareNames).map((name) => {
    const { local, isType } = names.get(name) as ImportedName;
    const renamed = local === name ? name : `${name} as ${local}`;
    return isType && !allTypes ? `type ${renamed}` : renamed;
  });
  const open = allTypes ? "import type {" : "import {";
  const line = `${open} ${parts.join(", ")} } from "${from}";`;
  if (line.length <= LINE_WIDTH) return [line];
  return [open, ...parts.map((part) => `  ${part},`), `} from "${from}";`];
}

/**
 * Biome's order of names: letter by letter without case, capitals first among equals, digits as numbers: `EnumTable`,
 * `endArray`, `Int8`, `Int16`. Independent of any locale.
 */
function compareNames(a: string, b: string): number {
  let i = 0;
  let j = 0;
  // Asked of every name of every module, mostly before V8 has compiled it well: nothing is taken apart by an iterator.
  while (i < a.length) {
    if (j === b.length) return 1;
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const start = i;
      const other = j;
      while (isDigit(a.charCodeAt(i))) i++;
      while (isDigit(b.charCodeAt(j))) j++;
      const digits = a.slice(start, i);
      const others = b.slice(other, j);
      if (digits !== others) return Number(digits) - Number(others) || (digits < others ? -1 : 1);
    } else {
      if (x !== y) return rankOf(x) - rankOf(y) || x - y;
      i++;
      j++;
    }
  }
  return -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Upper and lower case alike, `_` in front of digits. */
function rankOf(code: number): number {
  if (code === 95) return 35;
  return code >= 65 && code <= 90 ? code + 32 : code;
}
