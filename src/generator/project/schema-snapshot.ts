import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SCHEMA_FILE } from "../emit/index.ts";
import type { Schema } from "../schema/index.ts";

/** The schema each output folder was generated from: its `schema.binpb` still tells. */
export interface SchemaSnapshots {
  /**
   * The schema of an output folder as micro-gen last saw it; the new one itself when nothing changed. Undefined when nobody
   * knows: nothing was generated, or the file cannot be read.
   *
   * @param out folder relative to the root
   */
  of(out: string): Promise<Schema | undefined>;
}

/** Each set of bytes is read once, however many folders have it. */
export function schemaSnapshots(root: string, now: Schema): SchemaSnapshots {
  const known: { readonly bytes: Uint8Array; readonly schema: Promise<Schema | undefined> }[] = [];
  return {
    async of(out) {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(join(root, out, SCHEMA_FILE));
      } catch {
        return undefined;
      }
      if (Buffer.compare(bytes, now.descriptorSet) === 0) return now;
      let found = known.find((one) => Buffer.compare(one.bytes, bytes) === 0);
      if (found === undefined) {
        found = { bytes, schema: read(bytes) };
        known.push(found);
      }
      return found.schema;
    },
  };
}

async function read(descriptorSet: Uint8Array): Promise<Schema | undefined> {
  const { loadDescriptorSet } = await import("../check/index.ts");
  try {
    return await loadDescriptorSet({ descriptorSet });
  } catch {
    return undefined; // edited, cut off, or of rules that have changed: then nobody knows what was there
  }
}
