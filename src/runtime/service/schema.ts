import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf } from "../errors/index.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { ShapeOf } from "./endpoints.ts";
import { createShapes } from "./shapes.ts";

/** A service's schema as read at its start. */
export interface ReadSchema {
  /** Shapes by message name; without a schema nothing has one. */
  readonly shapeOf: ShapeOf;
  /** The encoded FileDescriptorSet. */
  readonly bytes: Uint8Array | undefined;
}

/** Reads `schema.binpb`. */
export async function readSchema(schema: URL | string | undefined): Promise<ReadSchema> {
  if (schema === undefined) return { shapeOf: () => null, bytes: undefined };
  const path = schema instanceof URL && schema.protocol === "file:" ? fileURLToPath(schema) : String(schema);
  const refuse = (what: string, error: unknown) =>
    new ConfigurationError([`${what} ${path}: ${messageOf(error)}; run micro-gen to write it`]);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw refuse("cannot read the schema", error);
  }
  // Of use at start only, and for services that name a schema.
  const { FileDescriptorSet } = await import("../protobuf/descriptor.ts");
  try {
    return { shapeOf: createShapes(FileDescriptorSet.decode(bytes)), bytes };
  } catch (error) {
    throw refuse("this is no schema:", error);
  }
}
