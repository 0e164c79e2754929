import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stampOf } from "./stamp.ts";

/**
 * Text that is another one as soon as the installed tool is: this version of Node, every file of the generator, and the
 * library that some schemas come from.
 */
export function toolIdentity(): string {
  const folder = fileURLToPath(new URL("../", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => join(folder, file));
  const library = createRequire(import.meta.url).resolve("protobufjs/package.json");
  const hash = createHash("sha256").update(process.version);
  for (const file of [...files.sort(), library]) hash.update(JSON.stringify([file, stampOf(file)]));
  return hash.digest("hex");
}
