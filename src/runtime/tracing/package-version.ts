import { readFile } from "node:fs/promises";

/** Version of this package; undefined where a bundler has put the code elsewhere. Reads a file: for the start only. */
export async function packageVersion(): Promise<string | undefined> {
  // One folder up in the sources, two in dist.
  for (const path of ["../package.json", "../../package.json"]) {
    const text = await readFile(new URL(path, import.meta.url), "utf8").catch(() => undefined);
    const { name, version } = parsed(text);
    if (name === "@micro-service/runtime" && typeof version === "string") return version;
  }
  return undefined;
}

function parsed(text: string | undefined): { readonly name?: unknown; readonly version?: unknown } {
  try {
    return Object(JSON.parse(text ?? "{}"));
  } catch {
    return {}; // somebody else's file
  }
}
