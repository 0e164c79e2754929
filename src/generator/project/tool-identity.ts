import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "./manifest.ts";
import { stampOf } from "./stamp.ts";

/**
 * Text that is another one as soon as the installed tool is: this version of Node, every file of the generator, and the
 * library that some schemas come from.
 */
export function toolIdentity(): string {
  const files = modulesBelow(fileURLToPath(new URL("../", import.meta.url)));
  const library = createRequire(import.meta.url).resolve("protobufjs/package.json");
  const stamps = [...files, library].map((file) => [file, stampOf(file)]);
  return sha256(Buffer.from(JSON.stringify([process.version, stamps])));
}

/** Sorted. Not `readdir` with `recursive`, which takes Node 20 ten times as long. */
function modulesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return modulesBelow(path);
      return /\.[jt]s$/.test(path) && !path.endsWith(".d.ts") ? [path] : [];
    })
    .sort();
}
