export type { Diagnostic } from "./diagnostic.ts";
export { formatDiagnostic, SchemaError } from "./diagnostic.ts";
export type { LoadSchemaOptions } from "./load-schema.ts";
export { loadSchema } from "./load-schema.ts";
export type {
  Enum,
  EnumValue,
  Field,
  HttpBinding,
  Message,
  Method,
  Oneof,
  Position,
  ScalarType,
  Schema,
  SchemaFile,
  ServiceDef,
  ValueType,
} from "./schema.ts";
