import { createHash } from "node:crypto";
import { join } from "node:path";
import { quoted } from "../schema/quoted.ts";
import { ProjectError } from "./project-error.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { whatIsWrongWithPlanned } from "./safe-path.ts";

/** Relative to the project's root. Committed. */
export const manifestPath = ".micro/manifest.json";

/** Present only while files are being replaced: hashes of what is on its way. A run that was killed leaves it behind. */
export const pendingPath = ".micro/pending.json";

/** Anything JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Who owns a file. `generated`: rewritten while unedited. `managed`: the user's, the tool may add members.
 * `scaffolded`: written once, then the user's. */
export type FileClass = "generated" | "managed" | "scaffolded";

export interface ManifestEntry {
  readonly class: FileClass;
  /** Of the bytes we wrote, lower-case hex. */
  readonly sha256: string;
}

/** Everything we may have written, by path; the newest last. */
export type PendingHashes = ReadonlyMap<string, readonly ManifestEntry[]>;

/**
 * What the tool knows about the files it wrote. Holds nothing that depends on machine, folder, time or tool version,
 * so that the same work gives the same bytes.
 */
export interface Manifest {
  /** What the user answered when the project was made; kept as it is by everyone else. */
  readonly answers: { readonly [key: string]: JsonValue };
  /** By path relative to the root, POSIX separators. */
  readonly files: ReadonlyMap<string, ManifestEntry>;
  /** What interrupted runs may have written already. Not part of the file. */
  readonly interrupted?: PendingHashes;
}

export const emptyManifest: Manifest = { answers: {}, files: new Map() };

/** The manifest of a project, empty when there is none yet. */
export async function readManifest(root: string): Promise<Manifest> {
  const text = readText(root, manifestPath);
  const manifest = text === undefined ? emptyManifest : parseManifest(text);
  const pending = readText(root, pendingPath);
  if (pending === undefined) return manifest;
  return { ...manifest, interrupted: parsePending(pending) };
}

/** The texts `readManifest` reads, to see whether another run has written since. */
export async function readRecords(root: string): Promise<string> {
  const texts = [readText(root, manifestPath), readText(root, pendingPath)];
  return JSON.stringify(texts);
}

function readText(root: string, path: string): string | undefined {
  return readRegularFile(join(root, path), path)?.toString("utf8");
}

/** The text of `.micro/pending.json`. Earlier interrupted runs stay in it, because this one may be interrupted too. */
export function formatPending({ files }: Manifest, interrupted: PendingHashes = new Map()): string {
  const known = new Map<string, ManifestEntry[]>(
    [...interrupted].map(([path, before]) => [path, [...before]]),
  );
  for (const [path, entry] of files) {
    const before = known.get(path) ?? [];
    known.set(path, [...before.filter(({ sha256 }) => sha256 !== entry.sha256), entry]);
  }
  return JSON.stringify(Object.fromEntries(known));
}

function parsePending(text: string): PendingHashes {
  const known = new Map<string, ManifestEntry[]>();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return known; // it is renamed into place when it is whole, so this is not ours and says nothing
  }
  if (!isRecord(value)) return known;
  for (const [path, list] of Object.entries(value)) {
    const wrong = whatIsWrongWithPlanned(path);
    if (wrong !== undefined) {
      throw new ProjectError(
        "invalid",
        `${pendingPath} cannot be read: ${quoted(path)} is no file of this project: ${wrong}. Delete it and run micro-gen again.`,
      );
    }
    if (Array.isArray(list)) known.set(path, list.filter(isEntry));
  }
  return known;
}

/** Reads the text of a manifest; throws a ProjectError that says what to do about a broken one. */
export function parseManifest(text: string): Manifest {
  if (/^(<{7}|>{7}|={7})/m.test(text)) {
    throw new ProjectError(
      "unmerged",
      `${manifestPath} holds git's conflict markers; keep either side, then run micro-gen to bring it up to date.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(value)) throw broken("it is not an object");
  if (value.schemaVersion !== 1)
    throw broken(`schemaVersion is ${JSON.stringify(value.schemaVersion)}, not 1`);
  const { answers = {}, files = {} } = value;
  if (!isRecord(answers)) throw broken('"answers" is not an object');
  if (!isRecord(files)) throw broken('"files" is not an object');

  const entries = new Map<string, ManifestEntry>();
  for (const [path, entry] of Object.entries(files)) {
    const wrong = whatIsWrongWithPlanned(path);
    if (wrong !== undefined) throw broken(`${quoted(path)} is no file of this project: ${wrong}`);
    if (!isEntry(entry)) throw broken(`the entry of ${quoted(path)} needs a class and a sha256`);
    entries.set(path, { class: entry.class, sha256: entry.sha256 });
  }
  return { answers: answers as { [key: string]: JsonValue }, files: entries };
}

function broken(what: string): ProjectError {
  return new ProjectError(
    "invalid",
    `${manifestPath} cannot be read: ${what}. Restore it from git, or delete it and run micro-gen again.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is ManifestEntry {
  return (
    isRecord(value) &&
    (value.class === "generated" || value.class === "managed" || value.class === "scaffolded") &&
    typeof value.sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}

/** The text of a manifest: sorted keys and one line per file, so that git merges two branches line by line. */
export function formatManifest({ answers, files }: Manifest): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(
    ([path, entry]) =>
      `    ${JSON.stringify(path)}: {"class": "${entry.class}", "sha256": "${entry.sha256}"}`,
  );
  const answerLines = JSON.stringify(sortKeys(answers), undefined, 2).replaceAll("\n", "\n  ");
  const fileLines = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
  return `{\n  "answers": ${answerLines},\n  "files": ${fileLines},\n  "schemaVersion": 1\n}\n`;
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** The disk holds what we wrote, be it with the line ends git gave it on Windows. */
export function isUnedited(path: string, current: Uint8Array, { files, interrupted }: Manifest): boolean {
  const hashes = [files.get(path), ...(interrupted?.get(path) ?? [])].map((entry) => entry?.sha256);
  if (hashes.includes(sha256(current))) return true;
  const plain = withoutCarriageReturns(current);
  return plain !== current && hashes.includes(sha256(plain));
}

/** The same bytes with `\n` for every `\r\n`; the very same object where there is none. */
export function withoutCarriageReturns(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let at = buffer.indexOf("\r\n"); at !== -1; at = buffer.indexOf("\r\n", at + 2)) {
    lines.push(buffer.subarray(from, at));
    from = at + 1;
  }
  return lines.length === 0 ? bytes : Buffer.concat([...lines, buffer.subarray(from)]);
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
