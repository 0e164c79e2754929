import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  bufPaths,
  descriptorGeneration,
  findProject,
  folderGeneration,
  type Generation,
  isInside,
  microJsonPath,
  type Project,
  projectGeneration,
} from "../project/index.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";

/**
 * What a command line is about: the project around (all of it, because its services share types and `schema.binpb`,
 * also when one of its schemas is named), or, with --out or without a project, the named schemas alone.
 */
export async function chooseGeneration(
  paths: readonly string[],
  options: MicroGenOptions,
  cwd: string,
): Promise<Generation> {
  if (options.descriptorSetIn !== undefined)
    return fromDescriptorSet(options.descriptorSetIn, paths, options, cwd);
  const project = options.out === undefined ? await findProject(cwd) : undefined;
  if (project !== undefined) {
    refuseProjectOptions(options);
    for (const path of paths) await refuseForeign(path, project, cwd);
    return projectGeneration(project);
  }
  const asked = paths.length > 0 ? paths : await bufPaths(cwd);
  if (asked === undefined) {
    const fix =
      options.out === undefined
        ? `there is no ${microJsonPath} or buf.yaml here or above. Name a schema: micro-gen proto/greeter.proto`
        : `--out needs a schema. Name one: micro-gen proto/greeter.proto --out ${options.out}`;
    throw new CommandError(ExitCode.usage, `Nothing to generate from: ${fix}`);
  }
  return folderGeneration({
    paths: asked,
    includePaths: options.protoPath ?? [],
    out: options.out ?? "src/gen",
    importExtension: options.importExtension ?? "ts",
    ...(options.int64 !== undefined && { int64: options.int64 }),
    cwd,
  });
}

/** Descriptors are complete: no include path is looked at, and no project is around them. */
function fromDescriptorSet(
  descriptorSet: string,
  paths: readonly string[],
  { out, protoPath, importExtension = "ts", int64 }: MicroGenOptions,
  cwd: string,
): Promise<Generation> {
  if (out === undefined || protoPath !== undefined) {
    const fix =
      out === undefined
        ? "--descriptor-set-in needs --out; say where to generate."
        : "-I is for schemas as texts; a descriptor set has its imports inside.";
    throw new CommandError(ExitCode.usage, fix);
  }
  return descriptorGeneration({
    descriptorSet,
    paths,
    out,
    importExtension,
    ...(int64 !== undefined && { int64 }),
    cwd,
  });
}

/** Options a project has in its micro.json: taken from there by everyone, or not at all. */
function refuseProjectOptions(options: MicroGenOptions): void {
  const names = [
    [options.protoPath, "-I", "proto"],
    [options.importExtension, "--import-extension", "importExtension"],
    [options.int64, "--int64", "int64"],
    [options.compatibility, "--compatibility", "compatibility"],
    [options.allow, "--allow", "allow"],
  ] as const;
  const found = names.find(([value]) => value !== undefined);
  if (found === undefined) return;
  const [, given, key] = found;
  throw new CommandError(
    ExitCode.usage,
    `${given} is for use without a project; set "${key}" in ${microJsonPath}, or say where to generate with --out.`,
  );
}

async function refuseForeign(path: string, { root, config }: Project, cwd: string): Promise<void> {
  const absolute = resolve(cwd, path);
  try {
    await stat(absolute);
  } catch {
    throw new CommandError(ExitCode.usage, `There is no ${path}; check the spelling.`);
  }
  if (config.proto.some((folder) => isInside(join(root, folder), absolute))) return;
  throw new CommandError(
    ExitCode.usage,
    `${path} is not in the project's schema folders (${config.proto.join(", ")}). Move it there, add its folder to "proto" in ${microJsonPath}, or generate it elsewhere with --out.`,
  );
}
