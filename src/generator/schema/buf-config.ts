import type { Diagnostic } from "./diagnostic.ts";
import { readYaml, type YamlPlace } from "./read-yaml.ts";

/** Some folders of schemas that buf takes for one: import paths start at `root`. Paths are relative to the file's folder. */
export interface BufModule {
  /** `proto`; `.` for the folder of the file. */
  readonly root: string;
  /** Folders that alone belong to it; empty: all below the root. */
  readonly includes: readonly string[];
  /** Folders that do not belong to it. */
  readonly excludes: readonly string[];
  /** `buf.build/acme/shop`, when it has a name. */
  readonly name: string | undefined;
}

/** What a buf.yaml says about where schemas are. */
export interface BufConfig {
  /** v2 files describe a whole workspace; older ones a module, which a buf.work.yaml above may be about. */
  readonly version: "v1beta1" | "v1" | "v2";
  readonly modules: readonly BufModule[];
  /** Modules of a registry: `buf.build/googleapis/googleapis`. */
  readonly deps: readonly string[];
}

/** Reads the text of a buf.yaml. Only what says where schemas are is looked at. `file` is its name in diagnostics. */
export async function parseBufYaml(
  text: string,
  file: string,
): Promise<{ readonly config: BufConfig } | { readonly diagnostics: readonly Diagnostic[] }> {
  const reader = await createReader(text, file);
  if (!("version" in reader)) return reader;
  const { diagnostics, version } = reader;
  const modules: BufModule[] = [];
  if (version === "v2") {
    const count = reader.list(["modules"]).length;
    // Keys of the file itself are about its one module when none is listed.
    const places = count === 0 ? [[]] : Array.from({ length: count }, (_, index) => ["modules", index]);
    for (const at of places) {
      const root = reader.folder([...at, "path"]) ?? ".";
      const within = (key: string) => reader.folders([...at, key], root);
      const name = reader.text([...at, "name"]);
      modules.push({ root, includes: within("includes"), excludes: within("excludes"), name });
    }
  } else {
    const roots = version === "v1beta1" ? reader.folders(["build", "roots"]) : [];
    const excludes = reader.folders(["build", "excludes"]);
    const name = reader.text(["name"]);
    for (const root of roots.length > 0 ? roots : ["."]) modules.push({ root, includes: [], excludes, name });
  }
  // A dependency may be pinned: `buf.build/acme/shop:v1`.
  const deps = reader.texts(["deps"]).map((dep) => dep.replace(/[:@].*$/, ""));
  return diagnostics.length > 0 ? { diagnostics } : { config: { version, modules, deps } };
}

/** Reads the text of a buf.work.yaml: the folders of its modules, relative to its own. */
export async function parseBufWorkYaml(
  text: string,
  file: string,
): Promise<{ readonly directories: readonly string[] } | { readonly diagnostics: readonly Diagnostic[] }> {
  const reader = await createReader(text, file);
  if (!("version" in reader)) return reader;
  const directories = reader.folders(["directories"]);
  const { diagnostics } = reader;
  return diagnostics.length > 0 ? { diagnostics } : { directories };
}

type Path = readonly (string | number)[];

/** Gives typed parts of a configuration and notes, with its place, what is not as it should be. */
interface ConfigReader {
  readonly version: BufConfig["version"];
  readonly diagnostics: readonly Diagnostic[];
  /** Of a key that is absent: empty. */
  list(path: Path): readonly unknown[];
  text(path: Path): string | undefined;
  texts(path: Path): string[];
  /** Texts that are folders below the file's, and below `root`. */
  folders(path: Path, root?: string): string[];
  folder(path: Path): string | undefined;
}

async function createReader(
  source: string,
  file: string,
): Promise<ConfigReader | { readonly diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const read = await readYaml(source);
  const complain = (message: string, place: YamlPlace) =>
    diagnostics.push({ position: { file, ...place }, rule: "buf-config", message });
  if ("problem" in read) {
    complain(`This is not a configuration: ${read.problem.replace(/\.?$/, ".")}`, read.at);
    return { diagnostics };
  }
  const { value: root, place } = read;

  const find = (path: Path): unknown =>
    path.reduce<unknown>((value, key) => {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
      return (value as Record<string | number, unknown>)[key] ?? undefined;
    }, root);
  const version = (["v1beta1", "v1", "v2"] as const).find((known) => known === find(["version"]));
  if (version === undefined) {
    complain(`"version" must be v1beta1, v1 or v2.`, place(["version"]));
    return { diagnostics };
  }

  function list(path: Path): readonly unknown[] {
    const value = find(path) ?? [];
    if (Array.isArray(value)) return value;
    complain(`"${path.join(".")}" must be a list.`, place(path));
    return [];
  }

  function text(path: Path): string | undefined {
    const value = find(path);
    if (value === undefined || typeof value === "string") return value;
    complain(`"${path.join(".")}" must be a text.`, place(path));
    return undefined;
  }

  const texts = (path: Path) => list(path).flatMap((_, index) => text([...path, index]) ?? []);

  function folder(path: Path, above = "."): string | undefined {
    const written = text(path);
    const normal = written === undefined ? undefined : normalFolder(written);
    if (written === undefined || (normal !== undefined && isBelow(above, normal))) return normal;
    const where = above === "." ? "the folder of this file" : `"${above}"`;
    complain(`"${written}" is not below ${where}; name a folder that is.`, place(path));
    return undefined;
  }

  return {
    version,
    diagnostics,
    list,
    text,
    texts,
    folder,
    folders: (path, above) => list(path).flatMap((_, index) => folder([...path, index], above) ?? []),
  };
}

/** `./proto/` -> `proto`; undefined when it leads out of the folder. */
function normalFolder(path: string): string | undefined {
  if (path.includes("\0") || path.includes("\\") || /^(?:\/|[A-Za-z]:)/.test(path)) return undefined;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/") || ".";
}

function isBelow(root: string, folder: string): boolean {
  return root === "." || folder === root || folder.startsWith(`${root}/`);
}
