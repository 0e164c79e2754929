import type { Emit, Int64Type } from "../emit/emit.ts";
import type { LoadDescriptorSetOptions, LoadSchemaOptions, Schema } from "../schema/index.ts";
import type { JsonValue } from "./manifest.ts";
import type { AllowedChange, Compatibility, MicroJsonService } from "./micro-json.ts";
import type { PinnedClient } from "./pinned-client.ts";
import type { WantedFile } from "./plan.ts";

/** Which schemas become code, and where it goes. */
export interface Generation {
  /** Absolute folder whose manifest tells about the generated files. */
  readonly root: string;
  /** Absolute include paths. */
  readonly includePaths: readonly string[];
  /** Which files below the include paths count, modules that are named but not here, and texts that are not on disk yet. */
  readonly search?: Pick<LoadSchemaOptions, "accepts" | "drafts" | "remoteModules">;
  /** What paths in messages are relative to. Default: the root. */
  readonly cwd?: string;
  /** Absolute paths of the schemas asked for, of a descriptor set import paths; their order does not matter. */
  readonly files: readonly string[];
  /** Absolute folders of which all schemas are asked for, so that one may be gone. Default none. */
  readonly folders?: readonly string[];
  /** Where the schemas are when they are not read as text: an encoded google.protobuf.FileDescriptorSet. */
  readonly descriptorSet?: { readonly content: Uint8Array; readonly name: string };
  /** Folders relative to the root that get a copy each; `.` for the root itself. */
  readonly outs: readonly string[];
  readonly importExtension: "ts" | "js";
  /** Default `bigint`. */
  readonly int64?: Int64Type;
  /** Generated files of the manifest this run answers for; see `PlanOptions.owns`. */
  readonly owns: (path: string) => boolean;
  /** Clients of services elsewhere, made again from the schemas beside them. Default none. */
  readonly clients?: readonly PinnedClient[];
  /** Which changes of the schema are refused, and which of them are made all the same. Default `json`, and none. */
  readonly gate?: {
    readonly compatibility: Compatibility;
    readonly allow: readonly Pick<AllowedChange, "rule" | "name">[];
  };
  /** Services whose handlers follow the schema. Default none. */
  readonly handlers?: readonly HandlerPlace[];
  /** What the manifest's answers become; undefined: they stay. */
  readonly answers?: { readonly [key: string]: JsonValue };
}

/** A service of a project, with its output folder. */
export interface HandlerPlace extends MicroJsonService {
  /** Relative to the root. */
  readonly out: string;
}

/** The two rooms that turn schemas into code. Tests bring their own. */
export interface Generator {
  readonly loadSchema: (options: LoadSchemaOptions) => Promise<Schema>;
  /** Default: the real one. */
  readonly loadDescriptorSet?: (options: LoadDescriptorSetOptions) => Promise<Schema>;
  readonly emit: Emit;
}

export interface Generated {
  readonly wanted: readonly WantedFile[];
  readonly schema: Schema;
}

/**
 * Loads the schemas and prints the code. Touches nothing on disk.
 *
 * @param onStep told what is done next: `Reading 3 schemas`
 */
export async function generate(
  generation: Generation,
  generator?: Generator,
  onStep?: (text: string) => void,
): Promise<Generated> {
  const { loadSchema, loadDescriptorSet, emit } = { ...(await defaultGenerator()), ...generator };
  const {
    files,
    includePaths,
    search,
    descriptorSet: set,
    outs,
    importExtension,
    int64,
    root,
    cwd = root,
  } = generation;
  if (files.length > 0) onStep?.(`Reading ${files.length} schema${files.length === 1 ? "" : "s"}`);
  const schema =
    set === undefined
      ? await loadSchema({ files, includePaths, cwd, ...search })
      : await loadDescriptorSet({ descriptorSet: set.content, name: set.name, files });
  onStep?.("Generating code");
  const settings = { importExtension, ...(int64 !== undefined && { int64 }) };
  const wanted: WantedFile[] = [];
  // A project may have clients of other services and no schema of its own: then there is nothing to describe.
  const isEmpty = files.length === 0 && set === undefined;
  for (const { path, content } of isEmpty ? [] : emit(schema, settings)) {
    // Bytes at once: they are what is compared and written, and texts beside them would double what a run holds.
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    for (const out of outs) wanted.push({ path: below(out, path), content: bytes, class: "generated" });
  }
  for (const client of generation.clients ?? []) {
    const { regenerateClient } = await import("./generate-client.ts");
    wanted.push(...(await regenerateClient(root, client, settings)));
  }
  return { wanted, schema };
}

/** A path in a folder, both relative to the root. */
export function below(folder: string, path: string): string {
  return folder === "." ? path : `${folder}/${path}`;
}

/** Loaded when needed: the parser is the largest part of the start-up time. */
async function defaultGenerator(): Promise<Required<Generator>> {
  const [{ loadDescriptorSet, loadSchema }, { emitEach }] = await Promise.all([
    import("../check/index.ts"),
    import("../emit/index.ts"),
  ]);
  return { loadSchema, loadDescriptorSet, emit: emitEach };
}
