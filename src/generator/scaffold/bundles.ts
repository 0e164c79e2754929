import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuntimeSource } from "./answers.ts";
import { ScaffoldError } from "./scaffold-error.ts";

/** Our packages, by the folder they have in a checkout. */
const PACKAGES = [
  ["@micro-service/runtime", "src/runtime"],
  ["@micro-service/toolkit", "src/toolkit"],
  ["create-micro-service", "."],
] as const;
export type OwnPackage = (typeof PACKAGES)[number][0];

/** Where a project finds our packages. */
export interface Bundles {
  /** Tarballs for the project's `vendor/`; empty unless packed. */
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  /** What package.json says behind a package's name; `dir` is the folder of that package.json in the project. */
  spec(name: OwnPackage, dir: string): string;
}

/**
 * The tool's own package: the folder with its package.json, `templates/` and, when packed whole, `vendor/`. Found from
 * this file, which lies deeper in sources than in the build.
 */
export function toolRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (statSync(join(folder, "templates"), { throwIfNoEntry: false })?.isDirectory()) return folder;
    if (dirname(folder) === folder)
      throw new ScaffoldError("tool", "create-micro-service has lost its templates.");
  }
}

/** `version` is the tool's; our three packages are released together. `target` is the project's absolute root. */
export function findBundles(source: RuntimeSource, version: string, target: string): Bundles {
  switch (source) {
    case "packed":
      return packedBundles(version);
    case "registry":
      return { files: [], spec: () => `^${version}` };
    case "link":
      return linkedBundles(target);
  }
}

function packedBundles(version: string): Bundles {
  const root = toolRoot();
  // The slim package inside a project has no vendor/ of its own: the project's, somewhere above, has what it needs.
  const folders = foldersAbove(root).map((folder) => join(folder, "vendor"));
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const [name] of PACKAGES) {
      const file = found.has(name) ? undefined : tarballIn(folder, name, version);
      if (file !== undefined) found.set(name, join(folder, file));
    }
  }
  const missing = PACKAGES.filter(([name]) => !found.has(name)).map(([name]) => name);
  if (missing.length > 0) {
    throw new ScaffoldError(
      "tool",
      `The packed ${missing.join(", ")} of version ${version} ${missing.length === 1 ? "is" : "are"} not here. ` +
        "In a checkout run npm run pack first, or use --runtime link.",
    );
  }
  const baseName = (name: string) => (found.get(name) as string).split(sep).at(-1) as string;
  return {
    files: [...found.values()].map((file) => ({
      path: `vendor/${file.split(sep).at(-1)}`,
      content: readFileSync(file),
    })),
    spec: (name, dir) => `file:${dir === "." ? "" : "../"}vendor/${baseName(name)}`,
  };
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

/** `micro-service-runtime-0.1.0-0123456789ab.tgz`: the hash makes new bytes a new name. */
function tarballIn(folder: string, name: string, version: string): string | undefined {
  const start = `${name.replace("@", "").replace("/", "-")}-${version}-`;
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch {
    return undefined; // no such folder
  }
  const fits = files.filter(
    (file) => file.startsWith(start) && /^[0-9a-f]{12}\.tgz$/.test(file.slice(start.length)),
  );
  if (fits.length > 1) {
    throw new ScaffoldError(
      "tool",
      `${folder} holds more than one ${name} ${version}: ${fits.sort().join(", ")}.`,
    );
  }
  return fits[0];
}

function linkedBundles(target: string): Bundles {
  const root = toolRoot();
  return {
    files: [],
    spec: (name, dir) => {
      const folder = PACKAGES.find(([own]) => own === name)?.[1] ?? ".";
      return `file:${relative(resolve(target, dir), join(root, folder)).split(sep).join("/")}`;
    },
  };
}
