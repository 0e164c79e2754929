import { readFile, stat } from "node:fs/promises";

/** Larger descriptor sets are build systems' whole worlds: name what is wanted of them first. */
const maxBytes = 64 * 1024 * 1024;

/**
 * The bytes of a file that should hold a descriptor set. Devices and pipes, which may never end, are not opened.
 *
 * @throws Error with a `code` when the system refuses; else one that says what is wrong: `it is no regular file`
 */
export async function readSetFile(path: string): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile()) throw new Error("it is no regular file");
  if (info.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024 / 1024} MiB`);
  return readFile(path);
}
