import type { Schema } from "../schema/schema.ts";

export interface EmitOptions {
  /** Extension of relative imports. Default `ts`. */
  readonly importExtension?: "ts" | "js";
  /**
   * What 64-bit integers are in TypeScript, where a field's `jstype` does not say. Default `bigint`. `number` refuses
   * what is beyond 2^53 - 1. Well-known types of the runtime keep their bigints.
   */
  readonly int64?: Int64Type;
}

export type Int64Type = "bigint" | "string" | "number";

/** What each option may be. */
export const EMIT_VALUES = {
  importExtension: ["ts", "js"],
  int64: ["bigint", "string", "number"],
} as const satisfies { readonly [Key in keyof EmitOptions]-?: readonly EmitOptions[Key][] };

/**
 * For callers whom no compiler checks.
 *
 * @throws TypeError for an option that there is not, or with a value it cannot have
 */
export function checkEmitOptions(options: EmitOptions): void {
  const known: Readonly<Record<string, readonly unknown[]>> = EMIT_VALUES;
  for (const [name, value] of Object.entries(options)) {
    const values = Object.hasOwn(known, name) ? known[name] : undefined;
    if (values === undefined)
      throw new TypeError(
        `There is no option ${JSON.stringify(name)}; known are ${Object.keys(known).join(", ")}.`,
      );
    if (value !== undefined && !values.includes(value))
      throw new TypeError(`${name} is ${values.join(" or ")}, not ${JSON.stringify(value)}.`);
  }
}

/** A file to be, relative to the output folder, POSIX separators. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Prints files, each when it is asked for. Pure: the same Schema and options give the same files in the same order. */
export type Emit = (schema: Schema, options?: EmitOptions) => Iterable<GeneratedFile>;
