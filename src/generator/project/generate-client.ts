import { join } from "node:path";
import type { EmitOptions } from "../emit/emit.ts";
import {
  listDescriptorFiles,
  readSetFile,
  type Schema,
  type Selection,
  selectServices,
  serviceDigest,
  WireError,
} from "../schema/index.ts";
import { errorCode, ioError } from "./io-error.ts";
import type { PinnedClient, PinnedService } from "./pinned-client.ts";
import type { WantedFile } from "./plan.ts";
import { ProjectError } from "./project-error.ts";

export interface ClientGeneration {
  /** Folder for the code, relative to the root. */
  readonly out: string;
  /** How the schema's origin is called in messages. */
  readonly name: string;
  /** An encoded google.protobuf.FileDescriptorSet; kept beside the code as it is. */
  readonly descriptorSet: Uint8Array;
  readonly selection: Selection;
  readonly settings: EmitOptions;
}

export interface GeneratedClient {
  readonly wanted: readonly WantedFile[];
  readonly services: ReadonlyMap<string, PinnedService>;
  /** The chosen services and their types. */
  readonly schema: Schema;
}

/**
 * Code for calling the chosen services. Touches nothing on disk.
 *
 * @throws ProjectError for a service or method that is not there; SchemaError for a schema that makes no sense
 */
export async function generateClient(generation: ClientGeneration): Promise<GeneratedClient> {
  const { out, descriptorSet, selection, settings } = generation;
  const [schema, { emitSchema }] = await Promise.all([loadSelected(generation), import("../emit/index.ts")]);
  const services = new Map<string, PinnedService>();
  for (const service of schema.files.flatMap((file) => file.services))
    services.set(service.fullName, {
      digest: serviceDigest(schema, service),
      methods: selection.get(service.fullName) ?? "all",
    });
  const prefix = out === "." ? "" : `${out}/`;
  const wanted = emitSchema({ ...schema, descriptorSet }, settings).map(
    ({ path, content }): WantedFile => ({ path: prefix + path, content, class: "generated" }),
  );
  return { wanted, services, schema };
}

/**
 * The code of a pinned client once more, from the schema beside it: the same until micro-gen itself has changed.
 *
 * @throws ProjectError when the schema is gone or is not the one that was pinned
 */
export async function regenerateClient(
  root: string,
  client: PinnedClient,
  settings: EmitOptions,
): Promise<readonly WantedFile[]> {
  const again = `run micro-gen client --from ${client.from} --out ${client.out}`;
  const file = `${client.out}/schema.binpb`;
  let descriptorSet: Uint8Array;
  try {
    descriptorSet = await readSetFile(join(root, file));
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw ioError(error, "read", file);
    throw new ProjectError(
      "unmerged",
      `${file}, which a client is made from, is gone; take it from git, ${again}, or, if nobody calls it any more, micro-gen client ${client.out} --remove.`,
    );
  }
  const selection = new Map([...client.services].map(([name, { methods }]) => [name, methods]));
  const { wanted, services } = await generateClient({
    out: client.out,
    name: file,
    descriptorSet,
    selection,
    settings,
  });
  for (const [name, { digest }] of services)
    if (client.services.get(name)?.digest !== digest)
      throw new ProjectError(
        "unmerged",
        `${file} is not the schema that ${name} was pinned with; take it from git, or ${again}.`,
      );
  return wanted;
}

async function loadSelected({ name, descriptorSet, selection }: ClientGeneration): Promise<Schema> {
  const { loadDescriptorSet } = await import("../check/index.ts");
  const files = filesWith(descriptorSet, selection);
  const selected = selectServices(
    await loadDescriptorSet({ descriptorSet, name, ...(files !== undefined && { files }) }),
    selection,
  );
  if (!("missing" in selected)) return selected;
  throw new ProjectError("invalid", `${name} has no ${selected.missing.join(", ")}; check the spelling.`);
}

/** Paths of the files with the chosen services; undefined when the bytes are no descriptor set, which its reader reports. */
function filesWith(descriptorSet: Uint8Array, selection: Selection): string[] | undefined {
  try {
    return [...listDescriptorFiles(descriptorSet).values()]
      .filter(({ services }) => services.some((service) => selection.has(service)))
      .map(({ path }) => path)
      .sort();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
