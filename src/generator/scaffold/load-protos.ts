import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadSchema } from "../check/index.ts";
import type { Schema } from "../schema/index.ts";
import type { ProtoSource } from "./proto-source.ts";

/**
 * Reads the schema exactly as the new project will: from a copy of its `proto/`. What else lies beside the user's files
 * has no say then. Throws SchemaError with everything that is wrong.
 */
export async function loadProtos({ files }: ProtoSource): Promise<Schema> {
  const folder = mkdtempSync(join(tmpdir(), "create-micro-service-"));
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await loadSchema({ files: files.map(({ path }) => path), includePaths: [folder], cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
