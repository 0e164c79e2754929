import { compareSchemas } from "../compare/index.ts";
import { type Fleet, judgeFleet, readFleet } from "../fleet/index.ts";
import {
  type Connection,
  connectProject,
  LiveError,
  readReflection,
  registryExchange,
  type ServiceRecord,
} from "../live/index.ts";
import { generate, type Project, projectGeneration } from "../project/index.ts";
import { escapeUnprintable, type Schema } from "../schema/index.ts";
import { connectOptions } from "./client-target.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";
import { type JudgedService, listOf, nodeCount, tellFleet } from "./tell-fleet.ts";

/** For the registry and all services together. */
const timeoutMs = 20_000;

/**
 * `--against-fleet`: compares the project's schemas with what its services run with now, and says whom of those who run
 * the difference breaks. 7 when it breaks somebody, 0 when nobody; what cannot be known is an error, not a pass.
 */
export async function checkFleet(
  project: Project,
  options: MicroGenOptions,
  context: CommandContext,
): Promise<number> {
  const generation = await projectGeneration(project);
  const { schema } = await generate({ ...generation, clients: [] });
  const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), context.signal]);
  const connection = await connectProject(connectOptions(project.root, options, context));
  try {
    const fleet = await readFleet(connection, limit);
    const judged: JudgedService[] = [];
    for (const { name } of project.config.services)
      judged.push(...(await judgeService(name, schema, fleet, connection, renamesOf(options), limit)));
    return tellFleet(judged, context.terminal, {
      fleet,
      registry: connection.registry.name,
      gate: generation.gate,
      locate: locateIn(generation.includePaths, context.cwd),
      quiet: options.quiet === true,
    });
  } finally {
    await connection.close();
  }
}

/** A verdict for each version that runs: while one rolls out there are two. */
async function judgeService(
  service: string,
  after: Schema,
  { records, members }: Fleet,
  connection: Connection,
  renamed: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<JudgedService[]> {
  const versions = records.filter(({ name, nodes }) => name === service && nodes.some(isServer));
  if (versions.length === 0) {
    const { consumers } = judgeFleet(service, after, [], members);
    if (consumers.length > 0)
      throw new CommandError(
        ExitCode.unexpected,
        `${service} does not run, and ${listOf(consumers)} may call it again: nobody can say what it had. Start it, or compare with a revision: --against main.`,
      );
    return [{ service, running: undefined, changes: [], breaks: [], outdated: [], consumers }];
  }
  const judged: JudgedService[] = [];
  for (const version of versions) {
    const before = await runningSchema(service, version, connection, signal);
    const changes = compareSchemas(before, after, { renamed });
    const count = version.nodes.length;
    judged.push({
      service,
      running: `version ${escapeUnprintable(version.version.slice(0, 60))}, ${nodeCount(count)}`,
      changes,
      ...judgeFleet(service, before, changes, members),
    });
  }
  return judged;
}

/** Of the first node that answers: those of one version have one schema. */
async function runningSchema(
  service: string,
  { version, nodes: candidates }: ServiceRecord,
  connection: Connection,
  signal: AbortSignal,
): Promise<Schema> {
  let failure: unknown;
  for (const { address } of candidates.filter(isServer).slice(0, 3)) {
    try {
      const name = `${service} ${version}`;
      const live = await readReflection(registryExchange(connection, service, address), { name, signal });
      const { loadDescriptorSet } = await import("../check/index.ts");
      return await loadDescriptorSet({ descriptorSet: live.descriptorSet, name });
    } catch (error) {
      if (!(error instanceof LiveError) || error.reason === "usage") throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Web services share the registry, and have no methods. */
function isServer({ metadata }: ServiceRecord["nodes"][number]): boolean {
  return metadata.protocol !== undefined;
}

function renamesOf({ rename = [] }: MicroGenOptions): Map<string, string> {
  return new Map(rename.map((text) => text.split("=", 2) as [string, string]));
}
