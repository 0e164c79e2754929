import { hasUnprintable, quoted } from "../schema/quoted.ts";

/** A schema path that must not become a file, or two that would become the same one. */
export class OutputPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "OutputPathError";
  }
}

// Windows opens the device whatever the extension is.
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** The path of generated files without extension: `a/greeter.proto` -> `a/greeter`. Never leaves the output folder. */
export function outputStem(protoPath: string): string {
  const stem = protoPath.replace(/\.proto$/, "");
  for (const part of stem.split("/")) {
    // Windows has no files of some of these names, and what an import names is a URL: Node would read # and % as part of one.
    const isPortable = part !== "" && !/[\\:*?"<>|#%]|[. ]$/.test(part) && !hasUnprintable(part);
    if (!isPortable)
      throw new OutputPathError(`cannot generate code for ${quoted(protoPath)}: not a portable file name`);
    if (DEVICE.test(part))
      throw new OutputPathError(
        `cannot generate code for ${quoted(protoPath)}: ${quoted(part)} is a device name on Windows`,
      );
  }
  return stem;
}

/** Refuses two files of one path, also where they differ in case only (macOS and Windows have one file then). */
export function checkDistinct(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const same = seen.get(path.toLowerCase());
    if (same !== undefined)
      throw new OutputPathError(
        same === path
          ? `two schemas would write the same file, ${path}; rename one`
          : `two schemas would write the same file where case does not count, as on macOS and Windows: ${same} and ${path}; rename one`,
      );
    seen.set(path.toLowerCase(), path);
  }
}
