import type { JsonWriteOptions, TypeRegistry } from "../message-type.ts";

/** JsonWriteOptions with every question answered, as the generated writers take them. */
export interface JsonStyle {
  /** Write defaults too. */
  readonly all: boolean;
  /** Write the names of the .proto. */
  readonly names: boolean;
  /** Types an Any may hold. */
  readonly types: TypeRegistry | undefined;
  /** How many Anys we are inside of. */
  readonly anys: number;
}

const PLAIN: JsonStyle = { all: false, names: false, types: undefined, anys: 0 };

export function toJsonStyle(options: JsonWriteOptions | undefined): JsonStyle {
  if (options === undefined) return PLAIN;
  return {
    all: options.emitDefaults === true,
    names: options.useProtoNames === true,
    types: options.types,
    anys: 0,
  };
}
