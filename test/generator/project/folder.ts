import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test, removed afterwards. */
export interface Folder {
  /** Absolute, real path. */
  readonly path: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  read(path: string): Promise<string>;
  remove(path: string): Promise<void>;
  /** Every file below, sorted, with its text; without what micro-gen remembers for itself, which may be lost. */
  tree(): Promise<Record<string, string>>;
  /** Times of last change in nanoseconds, by path. */
  times(): Promise<Record<string, bigint>>;
}

export async function createFolder(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "micro-gen-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));

  const list = async () => {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const found = entries.filter((entry) => !entry.isDirectory());
    return found
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(path.length + 1)
          .replaceAll("\\", "/"),
      )
      .sort();
  };
  const folder: Folder = {
    path,
    async write(more) {
      for (const [file, content] of Object.entries(more)) {
        await mkdir(dirname(join(path, file)), { recursive: true });
        await writeFile(join(path, file), content);
      }
    },
    read: (file) => readFile(join(path, file), "utf8"),
    remove: (file) => rm(join(path, file), { recursive: true }),
    async tree() {
      const texts = await Promise.all(
        (await list())
          .filter((file) => !/(?:^|\/)\.micro\/cache\//.test(file))
          .map(async (file) => [file, await folder.read(file)] as const),
      );
      return Object.fromEntries(texts);
    },
    async times() {
      const stats = await Promise.all(
        (await list()).map(
          async (file) => [file, (await stat(join(path, file), { bigint: true })).mtimeNs] as const,
        ),
      );
      return Object.fromEntries(stats);
    },
  };
  await folder.write(files);
  return folder;
}
