import { type Change, compareSchemas } from "../compare/index.ts";
import { type Fleet, type FleetMember, type FleetVerdict, judgeFleet, readFleet } from "../fleet/index.ts";
import {
  type Connection,
  connectProject,
  LiveError,
  readReflection,
  registryExchange,
  type ServiceRecord,
} from "../live/index.ts";
import { generate, type Project, projectGeneration } from "../project/index.ts";
import type { Schema } from "../schema/index.ts";
import { connectOptions } from "./client-target.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import { printJsonError } from "./print-json-error.ts";
import type { CommandContext } from "./run.ts";
import { printable } from "./terminal.ts";

/** One of the project's services as it runs, and what the project would make of it. */
interface Judged extends FleetVerdict {
  readonly service: string;
  /** `1.2, 2 nodes`; undefined: it does not run. */
  readonly running: string | undefined;
  readonly changes: readonly Change[];
}

/** For the registry and all services together. */
const timeoutMs = 20_000;
/** Names shown of those who do not tell. */
const maxShown = 10;

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
    const judged: Judged[] = [];
    for (const { name } of project.config.services)
      judged.push(...(await judgeService(name, schema, fleet, connection, renamesOf(options), limit)));
    return tell(judged, fleet, connection, context, locateIn(generation.includePaths, context.cwd), options);
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
): Promise<Judged[]> {
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
  const judged: Judged[] = [];
  for (const version of versions) {
    const before = await runningSchema(service, version, connection, signal);
    const changes = compareSchemas(before, after, { renamed });
    const count = version.nodes.length;
    judged.push({
      service,
      running: `version ${version.version.slice(0, 60)}, ${nodes(count)}`,
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

function tell(
  judged: readonly Judged[],
  { members }: Fleet,
  { registry }: Connection,
  { terminal }: CommandContext,
  locate: ReturnType<typeof locateIn>,
  { quiet }: MicroGenOptions,
): number {
  const { err } = terminal;
  const say = (line: string) => {
    if (!quiet) err.line(line);
  };
  let broken = 0;
  for (const { service, running, changes, breaks, outdated, consumers } of judged) {
    if (running === undefined) {
      say(printable(`${service}: does not run, and nobody who runs says to call it.`));
      continue;
    }
    const wire = changes.filter(({ kind }) => kind === "wire");
    const json = changes.filter(({ kind }) => kind === "json");
    say(
      printable(
        `${service} (${running}): ${consumers.length === 0 ? "nobody who runs says to call it" : `called by ${listOf(consumers)}`}.`,
      ),
    );
    for (const change of wire) {
      const concerned = breaks.filter((one) => one.change === change);
      const file = locate(change.position.file)?.path ?? change.position.file;
      const place = `${file}:${change.position.line}:${change.position.column}`;
      if (concerned.length === 0) {
        say(`  ${printable(`${place} ${change.what}: breaks nobody who runs. (${change.rule})`)}`);
        continue;
      }
      broken += 1;
      err.line(
        `  ${err.paint.bold(printable(place))} ${err.paint.red(printable(`${change.what}. (${change.rule})`))}`,
      );
      for (const { consumer, methods } of concerned)
        err.line(printable(`    breaks ${nameOf(consumer)}, which calls ${methods.join(", ")}`));
    }
    if (outdated.length > 0)
      say(
        printable(
          `  ${listOf(outdated)}: made from another version of the schema; judged by the one that runs.`,
        ),
      );
    if (json.length > 0)
      say(
        `  ${json.length} change${json.length === 1 ? " breaks" : "s break"} callers that speak JSON (gateways, browsers); the registry does not tell who they are.`,
      );
  }
  for (const line of unseen(members, registry.name)) say(printable(line));
  if (broken === 0) {
    say("No running consumer is known that this would break.");
    return ExitCode.ok;
  }
  const message = `${broken} change${broken === 1 ? " breaks" : "s break"} somebody who runs. Take ${broken === 1 ? "it" : "them"} back, or let the named services move first.`;
  if (terminal.json) printJsonError(terminal, ExitCode.breaking, message, { fleet: judged.map(dataOf) });
  err.line(`${err.paint.red("error:")} ${message}`);
  return ExitCode.breaking;
}

/** A verdict in JSON. */
function dataOf({ service, running, breaks, outdated, consumers }: Judged) {
  const named = ({ name, version, nodes }: FleetMember) => ({ name, version, nodes });
  return {
    service,
    running: running ?? null,
    consumers: consumers.map(named),
    outdated: outdated.map(named),
    breaks: breaks.map(({ change: { rule, name, what }, consumer, methods }) => ({
      rule,
      name,
      message: `${what}.`,
      consumer: named(consumer),
      methods,
    })),
  };
}

/** Whom nobody can see, which is not nobody. */
function unseen(members: readonly FleetMember[], registry: string): string[] {
  const untold = members.filter(({ uses }) => uses.kind === "untold");
  const cut = members.filter(({ uses }) => uses.kind === "told" && uses.more > 0);
  return [
    ...(untold.length === 0
      ? []
      : [
          `Not known: ${listOf(untold)} ${untold.length === 1 ? "does" : "do"} not tell what ${untold.length === 1 ? "it calls" : "they call"}.`,
        ]),
    ...(cut.length === 0
      ? []
      : [
          `Not all known: ${listOf(cut)} ${cut.length === 1 ? "calls" : "call"} more services than ${cut.length === 1 ? "it tells" : "they tell"}.`,
        ]),
    `Never seen: callers that are not on this registry (${registry}): browsers and other users of a gateway, jobs, the micro command, other registries.`,
  ];
}

function listOf(members: readonly FleetMember[]): string {
  const names = members.slice(0, maxShown).map(nameOf);
  const more = members.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Whoever is on the network may register any text. */
function nameOf({ name, version, nodes: count }: FleetMember): string {
  return `${name.slice(0, 200)} (version ${version.slice(0, 60)}, ${nodes(count)})`;
}

function nodes(count: number): string {
  return `${count} node${count === 1 ? "" : "s"}`;
}

function renamesOf({ rename = [] }: MicroGenOptions): Map<string, string> {
  return new Map(rename.map((text) => text.split("=", 2) as [string, string]));
}
