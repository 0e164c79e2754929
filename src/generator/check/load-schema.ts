import {
  type Diagnostic,
  type LoadDescriptorSetOptions,
  type LoadSchemaOptions,
  type ReadSchema,
  readDescriptorSet,
  readSchema,
  type Schema,
  SchemaError,
} from "../schema/index.ts";
import { checkSchema } from "./check-schema.ts";

/**
 * Reads .proto files with all they import, and lets through only what is valid.
 *
 * @throws SchemaError with everything that is wrong, not the first thing.
 */
export async function loadSchema(options: LoadSchemaOptions): Promise<Schema> {
  return judge(await readSchema(options));
}

/**
 * Lets through what is valid of schemas that protoc or buf has compiled: the same Schema as from their texts.
 *
 * @throws SchemaError with everything that is wrong; also when the bytes are no descriptor set
 */
export async function loadDescriptorSet(options: LoadDescriptorSetOptions): Promise<Schema> {
  return judge(await readDescriptorSet(options));
}

function judge(read: ReadSchema): Schema {
  const found = [...read.diagnostics, ...checkSchema(read.linked, read.broken)];
  const isWarning = ({ severity }: Diagnostic) => severity === "warning";
  const errors = found.filter((one) => !isWarning(one));
  if (errors.length > 0) throw new SchemaError(sortDiagnostics(errors));
  return { ...read.build(), warnings: sortDiagnostics(found.filter(isWarning)) };
}

/** In order of file, line and column; the same complaint about the same place once. */
function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort(
    ({ position: a, ...left }, { position: b, ...right }) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(left.message, right.message),
  );
  const key = ({ position, message }: Diagnostic) =>
    `${position.file}:${position.line}:${position.column} ${message}`;
  return sorted.filter((one, index) => index === 0 || key(one) !== key(sorted[index - 1]!));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
