import { readFileSync } from "node:fs";

/**
 * Version of this package; undefined where a bundler has put the code elsewhere. Reads a file: for the start only, and at
 * once, which for one of its size takes a twentieth of the time.
 */
export function packageVersion(): string | undefined {
  // One folder up in the sources, two in dist.
  for (const path of ["../package.json", "../../package.json"]) {
    const { name, version } = contentOf(new URL(path, import.meta.url));
    if (name === "@micro-service/runtime" && typeof version === "string") return version;
  }
  return undefined;
}

function contentOf(file: URL): { readonly name?: unknown; readonly version?: unknown } {
  try {
    return Object(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {}; // there is none, or somebody else's
  }
}
