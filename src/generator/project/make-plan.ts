import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PlanOutdatedError } from "./apply-plan.ts";
import { type IsIgnored, readIgnoreFile } from "./ignore-file.ts";
import { errorCode, ioError } from "./io-error.ts";
import {
  formatManifest,
  isUnedited,
  type Manifest,
  type ManifestEntry,
  sha256,
  withoutCarriageReturns,
} from "./manifest.ts";
import type { Action, Plan, PlannedFile, WantedFile } from "./plan.ts";
import { ProjectError } from "./project-error.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { checkPaths, createResolver, ownerOf } from "./safe-path.ts";

export interface PlanOptions {
  /** Overwrite what would be a conflict. Default false. */
  readonly force?: boolean;
  /**
   * A scaffolded or managed file that is on disk with other content: the user's (`keep`, the default), or in the way
   * (`conflict`), which is what somebody who makes a new project has to be told.
   */
  readonly existing?: "keep" | "conflict";
  /** Generated files of the manifest this run answers for: one that is not wanted is stale. Default all. */
  readonly owns?: (path: string) => boolean;
  /** Managed files that are of no use any more: deleted while unedited. Default none. */
  readonly gone?: readonly string[];
  /** Replaces the manifest's answers. Default: they stay. */
  readonly answers?: Manifest["answers"];
}

/**
 * Compares what is wanted with the disk and the manifest. Reads only; `applyPlan` is the other half.
 *
 * - generated: rewritten while the disk holds what we wrote, or nothing; edited is a conflict
 * - generated before and not wanted any more: deleted while unedited, else an orphan
 * - managed and scaffolded: created once; from then on the user's, who may also delete them
 * - managed with a basis: gets its additions while the disk holds the basis; edited before, it stays edited
 * - named by .microgenignore: left alone, whatever it is
 *
 * @param root the project's folder; it need not exist yet
 */
export async function makePlan(
  root: string,
  wanted: readonly WantedFile[],
  manifest: Manifest,
  options: PlanOptions = {},
): Promise<Plan> {
  checkPaths(wanted.map(({ path }) => path));
  for (const { path } of wanted) {
    const owner = ownerOf(path);
    if (owner) throw new ProjectError("invalid", `${path} is ${owner}'s own place; choose another.`);
  }

  const realRoot = await realPathOf(resolve(root));
  const scene: Scene = {
    manifest,
    options,
    isIgnored: await readIgnoreFile(realRoot),
    read: createReader(realRoot),
    hash: createHasher(),
  };
  const names = new Set(wanted.map(({ path }) => path));
  const stale = [...manifest.files].filter(
    ([path, entry]) => !names.has(path) && isOwned(path, entry, scene),
  );
  const verdicts = [
    ...wanted.map((file) => judgeWanted(file, scene)),
    ...stale.map(([path, entry]) => judgeStale(path, entry, scene)),
  ];

  const files = verdicts.flatMap(({ file }) => file ?? []).sort((a, b) => (a.path < b.path ? -1 : 1));
  const next = nextManifest(scene, verdicts);
  const manifestChanged =
    manifest.interrupted !== undefined || formatManifest(next) !== formatManifest(manifest);
  return {
    root: realRoot,
    files,
    manifest: next,
    manifestChanged,
    ...(manifest.interrupted && { interrupted: manifest.interrupted }),
  };
}

/** What every decision looks at. */
interface Scene {
  readonly manifest: Manifest;
  readonly options: PlanOptions;
  readonly isIgnored: IsIgnored;
  /** Bytes on disk, undefined for no file. */
  readonly read: (path: string) => Uint8Array | undefined;
  /** As `sha256`; services that share schemas want the same bytes. */
  readonly hash: (content: Uint8Array) => string;
}

interface Verdict {
  readonly path: string;
  /** Undefined: nothing to tell, only the manifest forgets the path. */
  readonly file: PlannedFile | undefined;
  /** The manifest's line from now on; undefined for none. */
  readonly entry: ManifestEntry | undefined;
}

function judgeWanted(wanted: WantedFile, scene: Scene): Verdict {
  const { path, mode } = wanted;
  const content = typeof wanted.content === "string" ? Buffer.from(wanted.content, "utf8") : wanted.content;
  const known = scene.manifest.files.get(path);
  const written: ManifestEntry = { class: wanted.class, sha256: scene.hash(content) };
  const verdict = (action: Action, entry: ManifestEntry | undefined, current?: Uint8Array): Verdict => ({
    path,
    entry,
    file: {
      path,
      action,
      class: wanted.class,
      ...(action !== "keep" && action !== "identical" && { content }),
      ...(current && { current }),
      ...(mode !== undefined && { mode }),
    },
  });

  if (scene.isIgnored(path)) return verdict("keep", known);
  const current = scene.read(path);
  const generated = wanted.class === "generated";

  if (wanted.basis !== undefined) {
    if (current !== undefined && Buffer.compare(current, wanted.basis) === 0)
      return verdict("update", known && isUnedited(path, current, scene.manifest) ? written : known, current);
    throw new PlanOutdatedError(path);
  }
  if (current === undefined) {
    // A generated file comes back; what was given to the user and deleted by the user stays deleted.
    return known === undefined || generated ? verdict("create", written) : verdict("keep", known);
  }
  if (isSameText(current, content)) return verdict("identical", written);
  if (scene.options.force && (generated || scene.options.existing === "conflict")) {
    return verdict("update", written, current);
  }
  if (generated) {
    const action = isUnedited(path, current, scene.manifest) ? "update" : "conflict";
    return verdict(action, action === "update" ? written : known, current);
  }
  return verdict(scene.options.existing ?? "keep", known, current);
}

function isOwned(path: string, entry: ManifestEntry, { options, isIgnored }: Scene): boolean {
  if (options.gone?.includes(path)) return !isIgnored(path);
  return entry.class === "generated" && !isIgnored(path) && (options.owns?.(path) ?? true);
}

function judgeStale(path: string, entry: ManifestEntry, scene: Scene): Verdict {
  const current = scene.read(path);
  if (current === undefined) return { path, file: undefined, entry: undefined };
  const unedited = isUnedited(path, current, scene.manifest);
  return {
    path,
    file: { path, action: unedited ? "delete" : "orphan", class: entry.class, current },
    entry: unedited ? undefined : entry, // an orphan is named in every run until its owner removes it
  };
}

function nextManifest({ manifest, options, read }: Scene, verdicts: readonly Verdict[]): Manifest {
  const files = new Map(manifest.files);
  for (const { path, entry } of verdicts) {
    if (entry === undefined) files.delete(path);
    else files.set(path, entry);
  }
  adoptInterrupted(files, new Set(verdicts.map(({ path }) => path)), { manifest, read });
  return { answers: options.answers ?? manifest.answers, files };
}

/** What a run that was killed gave to the user is known as if it had come to its end. */
function adoptInterrupted(
  files: Map<string, ManifestEntry>,
  decided: ReadonlySet<string>,
  { manifest, read }: Pick<Scene, "manifest" | "read">,
): void {
  for (const [path, entries] of manifest.interrupted ?? []) {
    if (decided.has(path) || entries.at(-1)?.class === "generated") continue;
    const current = read(path);
    const hash = current && sha256(current);
    const written = entries.find((entry) => entry.sha256 === hash);
    if (written !== undefined) files.set(path, written);
  }
}

function isSameText(current: Uint8Array, content: Uint8Array): boolean {
  const same = (bytes: Uint8Array) => Buffer.compare(bytes, content) === 0;
  if (same(current)) return true;
  const plain = withoutCarriageReturns(current);
  return plain !== current && same(plain);
}

function createHasher(): Scene["hash"] {
  const known = new WeakMap<Uint8Array, string>();
  return (content) => {
    let hash = known.get(content);
    if (hash === undefined) {
      hash = sha256(content);
      known.set(content, hash);
    }
    return hash;
  };
}

function createReader(realRoot: string): Scene["read"] {
  const resolvePath = createResolver(realRoot);
  return (path) => {
    const { path: absolute, exists } = resolvePath(path);
    return exists ? readRegularFile(absolute, path) : undefined;
  };
}

/** Like `realpath`, for a folder that may not be there yet. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw ioError(error, "open", path);
    return join(await realPathOf(dirname(path)), basename(path));
  }
}
