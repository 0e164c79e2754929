import {
  applyPlan,
  changesOf,
  conflictsOf,
  type Manifest,
  makePlan,
  type PinnedClient,
  type Plan,
  readManifest,
  withLock,
  withPinnedClient,
} from "../project/index.ts";
import { checkClients } from "./check-clients.ts";
import { type ClientChange, chosen, clientChanges, pinned } from "./client-changes.ts";
import { type ClientOptions, readClientOptions } from "./client-options.ts";
import { findClientHome } from "./client-target.ts";
import { ExitCode } from "./exit-codes.ts";
import {
  nothingWritten,
  pathsFrom,
  printDiffs,
  printLines,
  reportOf,
  type ShowPath,
  summaryOf,
} from "./print-plan.ts";
import { createProgress } from "./progress.ts";
import type { CommandContext } from "./run.ts";
import { printable } from "./terminal.ts";

/** `micro-gen client`: typed clients of services that run elsewhere. docs/clients.md tells all of it. */
export async function clientCommand(context: CommandContext): Promise<number> {
  const { folders, options } = readClientOptions(context);
  const { err } = context.terminal;
  const progress = createProgress(err, { shown: !options.quiet && !options.json && err.isTerminal });
  try {
    const home = await findClientHome(folders, options, context.cwd);
    if (options.check)
      return await checkClients({ context, options, ...chosen(await pinned(home), home, folders, context) });
    progress.step("Asking for the schema");
    const { root, changes } = await clientChanges(home, folders, options, context);
    return await carryOut(root, changes, options, context);
  } finally {
    progress.end();
  }
}

async function carryOut(
  root: string,
  changes: readonly ClientChange[],
  options: ClientOptions,
  context: CommandContext,
): Promise<number> {
  const plan = async (): Promise<Plan> => {
    const manifest = await readManifest(root);
    const answers = changes.reduce<Manifest["answers"]>(
      (before, { out, client }) => withPinnedClient(before, out, client),
      manifest.answers,
    );
    const isOurs = (path: string) => changes.some(({ out }) => out === "." || path.startsWith(`${out}/`));
    return makePlan(
      root,
      changes.flatMap(({ wanted }) => wanted),
      manifest,
      { force: options.force === true, owns: isOurs, answers },
    );
  };
  const planned = await plan();
  const writes = !(options.dryRun || options.diff);
  const isIdle = changesOf(planned).length === 0 && !planned.manifestChanged;
  if (!writes || isIdle || conflictsOf(planned).length > 0)
    return report(planned, changes, options, context, writes && isIdle);
  return withLock(
    root,
    async () => {
      const locked = await plan();
      const isFree = conflictsOf(locked).length === 0;
      if (isFree) await applyPlan(locked, context);
      return report(locked, changes, options, context, isFree);
    },
    { signal: context.signal },
  );
}

async function report(
  plan: Plan,
  changes: readonly ClientChange[],
  options: ClientOptions,
  { cwd, terminal }: CommandContext,
  applied: boolean,
): Promise<number> {
  const { out, err } = terminal;
  const show = pathsFrom(plan, cwd);
  if (options.json) {
    const data = await reportOf(plan, {
      cwd,
      applied,
      notes: [],
      warnings: [],
      diffs: options.diff === true,
    });
    const clients = changes.flatMap(({ client }) =>
      client === undefined
        ? []
        : [{ out: client.out, from: client.from, services: Object.fromEntries(client.services) }],
    );
    out.line(JSON.stringify({ ...data, clients }, undefined, 2));
  } else if (options.diff) await printDiffs(out, plan.files, show);
  else if (!options.quiet) {
    printLines(options.dryRun ? out : err, plan, { show, verbose: options.verbose === true });
    await printDiffs(err, conflictsOf(plan), show);
  }
  const conflicts = conflictsOf(plan).length;
  if (conflicts > 0) {
    err.line(
      `${err.paint.red("error:")} ${conflicts} generated file${conflicts === 1 ? " is" : "s are"} not as micro-gen left ${conflicts === 1 ? "it" : "them"}${nothingWritten(options)}. Move your change elsewhere, or overwrite with --force.`,
    );
    return ExitCode.drift;
  }
  if (!options.quiet && !options.json && !options.diff) {
    err.line(summaryOf(plan, applied));
    if (applied && options.from !== undefined)
      for (const { client } of changes) if (client) err.line(howToCall(client, show));
  }
  return ExitCode.ok;
}

/** What the user writes next. */
function howToCall({ out, from, services }: PinnedClient, show: ShowPath): string {
  const [first = ""] = services.keys();
  const short = first.slice(first.lastIndexOf(".") + 1);
  const [kind, where = ""] = from.split(/:(?:\/\/)?(.*)/s);
  const create = (name: string) =>
    `Call it: create${short}Client(service.client, ${printable(JSON.stringify(name))})`;
  const folder = `from ${printable(show(out))}`;
  if (kind === "registry") return `${create(where)}, ${folder}`;
  // Whoever is on no registry is called by address.
  const address = kind === "file" || where === "" ? "host:port" : where;
  return `${create(first)}, ${folder}; where it is not on your registry, pass { address: ${printable(JSON.stringify(address))} } with each call`;
}
