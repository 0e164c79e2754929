import { posix } from "node:path";
import type { SourceFile } from "ts-morph";
import type { CodeRename } from "./code-renames.ts";

/** What old names are declared in. */
export interface RenamedModules {
  /** Output folder relative to the root. */
  readonly out: string;
  readonly renames: readonly CodeRename[];
  /** The generated modules as they will be, by path relative to the root. */
  readonly generated: ReadonlyMap<string, string>;
}

/**
 * Puts the modules that renames are about, with the old names beside the new ones.
 *
 * @returns them by the name of the module
 */
export function declareOldNames(
  { out, renames, generated }: RenamedModules,
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
