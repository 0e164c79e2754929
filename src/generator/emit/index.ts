export {
  checkEmitOptions,
  EMIT_VALUES,
  type Emit,
  type EmitOptions,
  type GeneratedFile,
  type Int64Type,
} from "./emit.ts";
export { emitEach, emitSchema, SCHEMA_FILE } from "./emit-schema.ts";
export { OutputPathError } from "./output-path.ts";
