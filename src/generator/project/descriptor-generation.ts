import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Int64Type } from "../emit/emit.ts";
import { listDescriptorSet } from "../schema/index.ts";
import type { Generation } from "./generation.ts";
import { errorCode, ioError } from "./io-error.ts";
import { ownershipOf } from "./ownership.ts";
import { ProjectError } from "./project-error.ts";

export interface DescriptorGenerationOptions {
  /** File with a google.protobuf.FileDescriptorSet, as typed. */
  readonly descriptorSet: string;
  /** Import paths of the schemas asked for; empty: all that do not come with the tool. */
  readonly paths: readonly string[];
  /** Output folder as typed. */
  readonly out: string;
  readonly importExtension: "ts" | "js";
  readonly int64?: Int64Type;
  /** What typed paths are relative to. */
  readonly cwd: string;
}

/** Schemas that protoc or buf has compiled into one folder, as `folderGeneration` does it with texts. */
export async function descriptorGeneration(options: DescriptorGenerationOptions): Promise<Generation> {
  const { cwd, descriptorSet: name, importExtension, int64 } = options;
  const descriptorSet = await read(resolve(cwd, name), name);
  const isWhole = options.paths.length === 0;
  const files = isWhole ? await listDescriptorSet({ descriptorSet, name }) : [...new Set(options.paths)];
  const root = resolve(cwd, options.out);
  return {
    root,
    includePaths: [],
    cwd,
    files,
    descriptorSet: { content: descriptorSet, name },
    outs: ["."],
    importExtension,
    ...(int64 !== undefined && { int64 }),
    ...(await ownershipOf(root, files.toSorted(), { isWhole })),
  };
}

async function read(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT")
      throw new ProjectError("invalid", `There is no ${shown}; check the spelling.`);
    throw ioError(error, "read", shown);
  }
}
