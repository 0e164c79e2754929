import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { errorCode, ioError } from "./io-error.ts";
import { ProjectError } from "./project-error.ts";

/** Larger than anything that is read as a whole. */
const maxBytes = 64 * 1024 * 1024;

/**
 * What a file holds; undefined when there is none. Devices and pipes, which may never end, are not read: a symbolic link
 * may lead to one.
 *
 * @param shown what the file is called in messages
 * @throws ProjectError for anything else than a file of up to 64 MiB
 */
export function readRegularFile(path: string, shown: string): Buffer | undefined {
  let file: number | undefined;
  try {
    // Opening a pipe waits for somebody who writes to it, unless told not to; there is no such flag on Windows.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = fstatSync(file);
    const problem = info.isFile()
      ? info.size > maxBytes && `it is larger than ${maxBytes / 1024 / 1024} MiB`
      : !info.isDirectory() && "it is no regular file";
    if (problem) throw new ProjectError("conflict", `Cannot read ${shown}: ${problem}; move it away.`);
    return readFileSync(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw ioError(error, "read", shown);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
