import { ProjectError } from "./project-error.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you have no permission; check who owns it",
  EPERM: "the system does not permit it; check who owns it",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full; make room and run it again",
  EDQUOT: "your disk quota is used up; make room and run it again",
  EISDIR: "it is a folder; move it away",
  ENOTDIR: "a file is where its folder should be; move it away",
  ENAMETOOLONG: "its name is too long for this file system",
  EMFILE: "too many files are open",
  EBUSY: "another program uses it",
};

/** The `ENOENT` of a system error; undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A system error as a sentence: `Cannot write src/gen/a.ts: the disk is full; make room and run it again.` */
export function ioError(error: unknown, verb: string, path: string): ProjectError {
  if (error instanceof ProjectError) return error;
  const code = errorCode(error);
  const reason = (code && reasons[code]) ?? (error instanceof Error ? error.message : String(error));
  const inTheWay = code === "EISDIR" || code === "ENOTDIR";
  return new ProjectError(inTheWay ? "conflict" : "io", `Cannot ${verb} ${path}: ${reason}.`, {
    cause: error,
  });
}
