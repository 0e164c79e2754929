import type { EmitOptions, GeneratedFile } from "./emit/index.ts";
import { checkEmitOptions, emitSchema } from "./emit/index.ts";
import type { Schema } from "./schema/index.ts";

export { loadDescriptorSet, loadSchema } from "./check/index.ts";
export {
  type Change,
  type ChangeKind,
  type CompareOptions,
  compareSchemas,
  describeChange,
} from "./compare/index.ts";
export { type EmitOptions, type GeneratedFile, OutputPathError, SCHEMA_FILE } from "./emit/index.ts";
export {
  type Diagnostic,
  formatDiagnostic,
  type LoadDescriptorSetOptions,
  type LoadSchemaOptions,
  type Schema,
  SchemaError,
} from "./schema/index.ts";

/**
 * The TypeScript files and the `schema.binpb` of a schema, by path. Nothing is written; the same schema gives the same
 * bytes.
 *
 * @throws OutputPathError for schema paths that are no portable file names
 * @throws TypeError for options that there are not, or with values they cannot have
 */
export function generate(schema: Schema, options: EmitOptions = {}): GeneratedFile[] {
  checkEmitOptions(options);
  return emitSchema(schema, options);
}
