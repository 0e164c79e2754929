/** Collects what a file of code uses and prints the import lines. */
export interface Imports {
  /** The local name of an exported type; aliased when the plain one is taken. */
  type(module: string, name: string): string;
  /** The local name of an exported value. */
  value(module: string, name: string): string;
  /** The local name of a default export. */
  defaultValue(module: string, name: string): string;
  /** Import lines, packages first, sorted; each ends in a line end. */
  print(): string;
}

/** Names that starter code uses without importing them; a message of that name is imported under another one. */
const GLOBALS = [
  "Array",
  "AsyncIterable",
  "Boolean",
  "Buffer",
  "Error",
  "JSON",
  "Number",
  "Object",
  "Promise",
  "String",
  "Uint8Array",
  "URL",
  "process",
  "undefined",
];

interface Import {
  readonly module: string;
  readonly name: string;
  readonly local: string;
  readonly isDefault: boolean;
  value: boolean;
}

/** `taken`: names the file declares itself. */
export function createImports(taken: Iterable<string> = []): Imports {
  const locals = new Set([...GLOBALS, ...taken]);
  const imports = new Map<string, Import>();

  const use = (module: string, name: string, value: boolean, isDefault = false): string => {
    const key = `${module}\n${name}`;
    let found = imports.get(key);
    if (found === undefined) {
      let local = name;
      for (let n = 1; locals.has(local); n++) local = n === 1 ? `${name}Type` : `${name}Type${n}`;
      locals.add(local);
      found = { module, name, local, isDefault, value };
      imports.set(key, found);
    }
    found.value ||= value;
    return found.local;
  };

  return {
    type: (module, name) => use(module, name, false),
    value: (module, name) => use(module, name, true),
    defaultValue: (module, name) => use(module, name, true, true),
    print: () => {
      const modules = [...new Set([...imports.values()].map(({ module }) => module))].sort(byOrigin);
      return modules
        .map((module) =>
          importLine(
            module,
            [...imports.values()].filter((one) => one.module === module),
          ),
        )
        .join("");
    },
  };
}

/** `node:` first, then packages, then our own files. */
function byOrigin(a: string, b: string): number {
  const rank = (module: string) => (module.startsWith("node:") ? 0 : module.startsWith(".") ? 2 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function importLine(module: string, imports: readonly Import[]): string {
  const defaultImport = imports.find(({ isDefault }) => isDefault);
  if (defaultImport !== undefined) return `import ${defaultImport.local} from ${JSON.stringify(module)};\n`;
  const onlyTypes = imports.every(({ value }) => !value);
  const names = [...imports]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, local, value }) => {
      const binding = name === local ? name : `${name} as ${local}`;
      return value || onlyTypes ? binding : `type ${binding}`;
    });
  const keyword = onlyTypes ? "import type" : "import";
  const from = `from ${JSON.stringify(module)};\n`;
  const line = `${keyword} { ${names.join(", ")} } ${from}`;
  return line.length <= 101 ? line : `${keyword} {\n${names.map((name) => `  ${name},\n`).join("")}} ${from}`;
}
