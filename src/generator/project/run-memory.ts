import { randomUUID } from "node:crypto";
import { readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { descriptorPath, type Schema } from "../schema/index.ts";
import type { FittedHandlers } from "./fit-handlers.ts";
import type { Generation } from "./generation.ts";
import { ignorePath } from "./ignore-file.ts";
import { makeFolders } from "./make-folders.ts";
import { type FileClass, formatManifest, manifestPath, sha256 } from "./manifest.ts";
import { changesOf, type Plan, type PlannedFile, type PlanOverview } from "./plan.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { runKey } from "./run-key.ts";
import { createResolver } from "./safe-path.ts";
import { isBefore, isSameStamp, isSettled, type Stamp, stampOf } from "./stamp.ts";

/** What may be lost: a folder that git does not see. */
const cacheFolder = ".micro/cache";
const memoryPath = `${cacheFolder}/last-run.json`;

/**
 * How everything was that the last run looked at when it left nothing to do. A run that finds all of it as it was has
 * nothing to do either, and need not read a schema to know it. Believed only by the tool, on the machine and in the
 * folder it was made in, for times and inodes are part of it.
 */
export interface RunMemory {
  /** How a run ends that changes nothing; undefined when something is not as it was, or when nobody knows. */
  recall(): Recalled | undefined;
  /** Remembers a run that has left nothing to do. What cannot be known for sure is not kept. */
  keep(plan: Plan, schema: Schema, notes: Recalled["notes"]): void;
}

/** What is to be told although nothing is to be done. */
export interface Recalled {
  readonly plan: PlanOverview;
  readonly notes: FittedHandlers["notes"];
  readonly warnings: NonNullable<Schema["warnings"]>;
}

/** A file that was there or not. The hash is of what it holds where the stamp is too young to tell. */
interface Witness {
  readonly path: string;
  readonly stamp?: Stamp | undefined;
  readonly sha256?: string | undefined;
}

/** A schema by import path, and below which include path it was: the place in the list, -1 for one of the tool's own. */
interface Source extends Witness {
  readonly root: number;
}

/** A generated file; without a stamp it is one that the user wants left alone. */
interface Output extends Witness {
  readonly class: FileClass;
}

interface Remembered extends Omit<Recalled, "plan"> {
  readonly key: string;
  readonly sources: readonly Source[];
  readonly outputs: readonly Output[];
  /** The ignore file and all in `.micro`. */
  readonly others: readonly Witness[];
}

/**
 * To be opened before schemas, handlers and outputs are read: what is changed from then on is not taken for what was
 * read.
 */
export function openRunMemory(generation: Generation): RunMemory {
  const startedAt = Date.now();
  const key = runKey(generation);
  const { includePaths, search, descriptorSet } = generation;
  const accepts = search?.accepts ?? (() => true);

  /** Where an import path leads now: the first include path with such a file, as the reader of schemas does it. */
  const locate = (path: string): Source => {
    for (const [root, folder] of includePaths.entries()) {
      const stamp = stampOf(join(folder, path));
      if (stamp !== undefined && accepts(join(folder, path))) return { path, root, stamp };
    }
    return { path, root: -1 };
  };

  const ignoreFile = join(generation.root, ignorePath);
  const ignoreBefore = stampOf(ignoreFile);

  return {
    recall: () => attempt(recall),
    keep: (plan, schema, notes) => attempt(() => keep(plan, schema, notes)),
  };

  function recall(): Recalled | undefined {
    const remembered = JSON.parse(
      String(readRegularFile(join(generation.root, memoryPath), memoryPath)),
    ) as Remembered;
    if (remembered.key !== key) return undefined;
    const root = realpathSync(generation.root);
    const isSource = (source: Source) => {
      const now = locate(source.path);
      return now.root === source.root && isSameStamp(now.stamp, source.stamp);
    };
    const { sources, outputs, others, notes, warnings } = remembered;
    const toAbsolute = createLocator(root);
    const isSame =
      others.length === othersIn(root).length &&
      others.every((other) => isThere(other, toAbsolute)) &&
      sources.every(isSource) &&
      outputs.every((output) => output.stamp === undefined || isThere(output, toAbsolute));
    if (!isSame) return undefined;
    return { plan: { root, files: outputs.map(toUnchanged), manifestChanged: false }, notes, warnings };
  }

  function keep(plan: Plan, schema: Schema, notes: Recalled["notes"]): void {
    const { root } = plan;
    // Of a handler that has just been written, the next run may tell something else.
    if (notes.length > 0 && changesOf(plan).length > 0) return;
    const paths = descriptorSet === undefined ? schema.files.map(({ path }) => path) : [];
    const sources = [...new Set([...paths, descriptorPath])].map(locate);
    const others = othersIn(root).map((path): Witness => ({ path, stamp: stampOf(join(root, path)) }));
    const manifest = stampOf(join(root, manifestPath));
    const isOld = ({ stamp }: Witness) => stamp === undefined || isSettled(stamp, startedAt);
    if (manifest === undefined || !sources.every(isOld)) return;
    if (!others.every((other) => other.path === manifestPath || isOld(other))) return;
    if (!isSameStamp(stampOf(ignoreFile), ignoreBefore)) return;

    const now = Date.now();
    const outputs = plan.files.flatMap((file) => toOutput(file, plan, manifest, { startedAt, now }) ?? []);
    if (outputs.length < plan.files.filter(({ action }) => action !== "delete").length) return;
    const manifestHash = sha256(Buffer.from(formatManifest(plan.manifest)));
    write(root, {
      key,
      notes,
      warnings: schema.warnings ?? [],
      sources,
      outputs,
      others: others.map((other) =>
        other.path === manifestPath && !isOld(other) ? { ...other, sha256: manifestHash } : other,
      ),
    });
  }
}

/** Nothing here is a reason to fail a run: without a memory it does its work, and the next one takes longer. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined; // no memory or a broken one, a disk that is read-only or full, a link in the way
  }
}

/** The ignore file, and what is in `.micro`: manifest, and what runs may have left behind. Sorted. */
function othersIn(root: string): string[] {
  const own = readdirSync(join(root, dirname(manifestPath)))
    .map((name) => `${dirname(manifestPath)}/${name}`)
    .filter((path) => path !== cacheFolder && path !== ".micro/lock");
  return [ignorePath, ...own.sort()];
}

/** Absolute paths for many files; folders are looked at as in a plan, once each, so that a link is not overlooked. */
function createLocator(root: string): (path: string) => string {
  const resolve = createResolver(root);
  const folders = new Map<string, string>([[".", root]]);
  return (path) => {
    const folder = dirname(path);
    let found = folders.get(folder);
    if (found === undefined) {
      found = resolve(folder).path;
      folders.set(folder, found);
    }
    return join(found, basename(path));
  };
}

function isThere({ path, stamp, sha256: hash }: Witness, toAbsolute: (path: string) => string): boolean {
  const absolute = toAbsolute(path);
  if (!isSameStamp(stampOf(absolute), stamp)) return false;
  return hash === undefined || sha256(readRegularFile(absolute, path) ?? new Uint8Array()) === hash;
}

function toUnchanged({ path, class: fileClass, stamp }: Output): PlannedFile {
  return { path, action: stamp === undefined ? "keep" : "identical", class: fileClass };
}

/**
 * A file of a plan that was carried out; undefined for one that the next plan may see in another way.
 *
 * @param manifest stamp of the manifest, which is written after all other files and before any is put in place
 */
function toOutput(
  { path, action, class: fileClass }: PlannedFile,
  { root, manifest: { files } }: Plan,
  manifest: Stamp,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): Output | undefined {
  if (fileClass !== "generated") return undefined;
  if (action === "keep") return { path, class: fileClass };
  const stamp = stampOf(join(root, path));
  const isWritten = action === "create" || action === "update";
  if (stamp === undefined || !(isWritten || action === "identical")) return undefined;
  const isOurs = isWritten ? isBefore(stamp.modifiedMs, manifest.modifiedMs) : isSettled(stamp, startedAt);
  const isKnown = isOurs && isSettled(stamp, now);
  return { path, class: fileClass, stamp, ...(!isKnown && { sha256: files.get(path)?.sha256 ?? "" }) };
}

function write(root: string, remembered: Remembered): void {
  const target = createResolver(root)(memoryPath).path;
  const folder = dirname(target);
  if (makeFolders(folder).length > 0) writeFileSync(join(folder, ".gitignore"), "*\n");
  const staged = join(folder, randomUUID());
  writeFileSync(staged, JSON.stringify(remembered), { flag: "wx" });
  renameSync(staged, target);
  // A disk whose clock is not ours says nothing about what was before what.
  const written = stampOf(target);
  if (written === undefined || Math.abs(Date.now() - written.changedMs) > 5_000) rmSync(target);
}
