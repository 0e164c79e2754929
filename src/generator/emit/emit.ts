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

/** A file to be, relative to the output folder, POSIX separators. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Prints files, each when it is asked for. Pure: the same Schema and options give the same files in the same order. */
export type Emit = (schema: Schema, options?: EmitOptions) => Iterable<GeneratedFile>;
