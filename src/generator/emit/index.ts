export type { Emit, EmitOptions, GeneratedFile, Int64Type } from "./emit.ts";
export { emitEach, emitSchema, SCHEMA_FILE } from "./emit-schema.ts";
export { OutputPathError } from "./output-path.ts";
