export { type BufWorkspace, findBufWorkspace } from "./buf-workspace.ts";
export type { Diagnostic } from "./diagnostic.ts";
export { formatDiagnostic, SchemaError } from "./diagnostic.ts";
export { type DescriptorFile, listDescriptorFiles, readDescriptorFile } from "./list-services.ts";
export { countFields, type DescriptorSize, measureDescriptor } from "./measure-descriptor.ts";
export { escapeUnprintable, hasUnprintable, quoted } from "./quoted.ts";
export { reachableTypes } from "./reachable-types.ts";
export { descriptorPath } from "./read-files.ts";
export {
  type LoadDescriptorSetOptions,
  type LoadSchemaOptions,
  listDescriptorSet,
  type ReadSchema,
  readDescriptorSet,
  readSchema,
} from "./read-schema.ts";
export { readSetFile } from "./read-set-file.ts";
export { readMessage, WireError } from "./read-wire.ts";
export type {
  Enum,
  EnumValue,
  Extension,
  Field,
  HttpBinding,
  Message,
  Method,
  NumberRange,
  Oneof,
  Position,
  Reserved,
  ScalarType,
  Schema,
  SchemaFile,
  ServiceDef,
  ValueType,
} from "./schema.ts";
export { type Selection, selectServices } from "./select-services.ts";
export { serviceDigest } from "./service-digest.ts";
