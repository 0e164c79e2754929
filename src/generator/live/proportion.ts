import { measureDescriptor, WireError } from "../schema/index.ts";
import { LiveError } from "./live-error.ts";

/** Refuses schemas that nobody would write, before they are understood. */
export interface Proportion {
  /** One more file, encoded. Throws LiveError when it, or all of them together, are too much. */
  add(file: Uint8Array): void;
}

/** Far more than any service has; less than what would hurt. */
const limits = { files: 2_000, bytes: 16 * 1024 * 1024, declarations: 100_000, fields: 1_000_000 };
/** Of one file; the checks of schemas have the same. */
const maxDeclarations = 30_000;

/** @param name whose schema it is, for messages */
export function createProportion(name: string): Proportion {
  const total = { files: 0, bytes: 0, declarations: 0, fields: 0 };
  return {
    add(file) {
      total.files += 1;
      total.bytes += file.length;
      try {
        if (total.bytes <= limits.bytes) {
          const { declarations, fields } = measureDescriptor(file, limits.fields);
          total.declarations += declarations > maxDeclarations ? Number.POSITIVE_INFINITY : declarations;
          total.fields += fields;
        }
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        throw new LiveError("refused", `${name} has a schema that is no descriptor: ${error.message}.`);
      }
      if (Object.entries(limits).every(([key, limit]) => total[key as keyof typeof total] <= limit)) return;
      throw new LiveError(
        "refused",
        `The schema of ${name} is out of all proportion: more than ${limits.bytes / 1024 / 1024} MiB, ${limits.files} files, ${limits.declarations} declarations (${maxDeclarations} in one file) or ${limits.fields} fields of descriptors.`,
      );
    },
  };
}
