import { posix } from "node:path";
import { createNamer } from "./naming.ts";
import { LANGUAGE_GLOBALS } from "./shadowed-global.ts";

/** Longest line of generated files. */
export const LINE_WIDTH = 110;

/** Globals of Node and TypeScript that generated code refers to, or that an import should not be confused with. */
const OTHER_GLOBALS = "AsyncIterable Buffer Iterable NonNullable console process undefined".split(" ");
const GLOBALS: ReadonlySet<string> = new Set([...LANGUAGE_GLOBALS, ...OTHER_GLOBALS]);

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
  readonly name: string;
  /** What it is sorted by. */
  readonly order: string;
  readonly local: string;
  isType: boolean;
}

/**
 * @param path of the module, relative to the output folder
 * @param declared what the module declares itself
 * @param orderOf what names are sorted by; see `createNameOrder`
 */
export function createModuleFile(
  path: string,
  declared: readonly string[],
  importExtension: string,
  orderOf: (name: string) => string,
): ModuleFile {
  const namer = createNamer(declared, GLOBALS);
  const own = `/${path.replace(/\.ts$/, "")}`;
  const folder = own.slice(0, own.lastIndexOf("/") + 1);
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
    names.set(name, { name, order: orderOf(name), local, isType });
    return local;
  };

  const specifier = (module: string): string => {
    if (!module.startsWith("/")) return module;
    // Most are neighbours.
    if (module.startsWith(folder)) return `./${module.slice(folder.length)}.${importExtension}`;
    const relative = posix.relative(folder, module);
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
  const sorted = [...names.values()].sort((a, b) => (a.order < b.order ? -1 : 1));
  const allTypes = sorted.every(({ isType }) => isType);
  const parts = sorted.map(({ name, local, isType }) => {
    const renamed = local === name ? name : `${name} as ${local}`;
    return isType && !allTypes ? `type ${renamed}` : renamed;
  });
  const open = allTypes ? "import type {" : "import {";
  const line = `${open} ${parts.join(", ")} } from "${from}";`;
  if (line.length <= LINE_WIDTH) return [line];
  return [`${open}\n  ${parts.join(",\n  ")},\n} from "${from}";`];
}
