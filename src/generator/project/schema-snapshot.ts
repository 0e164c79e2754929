import { join } from "node:path";
import { SCHEMA_FILE } from "../emit/index.ts";
import { readDescriptorSet, readSetFile, type Schema } from "../schema/index.ts";

/** Schemas of before, by the descriptor sets in which generated code keeps them. Each set of bytes is understood once. */
export interface SchemaSnapshots {
  /**
   * The schema that an output folder was generated from last. Undefined when nobody knows: nothing was generated, or the file
   * cannot be read.
   *
   * @param out folder relative to the root
   */
  of(out: string): Promise<Schema | undefined>;
  /** What a descriptor set says; undefined for one that was edited or cut off. */
  read(descriptorSet: Uint8Array): Promise<Schema | undefined>;
}

/**
 * @param root absolute folder of the project
 * @param now the schema as it is to be; a descriptor set that says the same is answered with this very object
 */
export function schemaSnapshots(root: string, now: Schema): SchemaSnapshots {
  const known: { readonly bytes: Uint8Array; readonly schema: Promise<Schema | undefined> }[] = [
    { bytes: now.descriptorSet, schema: Promise.resolve(now) },
  ];
  const read = (bytes: Uint8Array): Promise<Schema | undefined> => {
    let found = known.find((one) => Buffer.compare(one.bytes, bytes) === 0);
    if (found === undefined) {
      found = { bytes, schema: understand(bytes) };
      known.push(found);
    }
    return found.schema;
  };
  return {
    read,
    async of(out) {
      const bytes = await readSetFile(join(root, out, SCHEMA_FILE)).catch(() => undefined);
      return bytes && read(bytes);
    },
  };
}

/** Old schemas are taken as they are: rules that came later are not held against them. */
async function understand(descriptorSet: Uint8Array): Promise<Schema | undefined> {
  try {
    const { diagnostics, build } = await readDescriptorSet({ descriptorSet });
    return diagnostics.length === 0 ? build() : undefined;
  } catch {
    return undefined;
  }
}
