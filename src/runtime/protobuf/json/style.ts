import type { JsonWriteOptions, TypeRegistry } from "../message-type.ts";

/** JsonWriteOptions with every question answered, as the generated writers take them. */
export interface JsonStyle {
  /** Write defaults too. */
  readonly all: boolean;
  /** Write the names of the .proto. */
  readonly names: boolean;
  /** Types an Any may hold. */
  readonly types: TypeRegistry | undefined;
}

const PLAIN: JsonStyle = { all: false, names: false, types: undefined };

export function toJsonStyle(options: JsonWriteOptions | undefined): JsonStyle {
  if (options === undefined) return PLAIN;
  return {
    all: options.emitDefaults === true,
    names: options.useProtoNames === true,
    types: options.types,
  };
}
