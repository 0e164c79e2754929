import { readFileSync } from "node:fs";

/** Version of the installed tool, from the nearest package.json above this file: `0.1.0`. */
export function readToolVersion(): string {
  // Sources lie one folder deeper than the build, so the file is looked for instead of assumed.
  let folder = new URL("./", import.meta.url);
  for (;;) {
    const version = versionIn(new URL("package.json", folder));
    if (version !== undefined) return version;
    const parent = new URL("../", folder);
    if (parent.href === folder.href) throw new Error("create-micro-service has lost its package.json.");
    folder = parent;
  }
}

function versionIn(file: URL): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined; // not in this folder: the caller goes on with the one above
  }
  const manifest: unknown = JSON.parse(text);
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest && manifest.version;
  return typeof version === "string" ? version : undefined;
}
