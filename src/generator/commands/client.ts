import { relative, resolve, sep } from "node:path";
import { formatSource, type LiveSchema, parseSource, readSource, type Source } from "../live/index.ts";
import {
  applyPlan,
  changesOf,
  conflictsOf,
  type Manifest,
  makePlan,
  type PinnedClient,
  type Plan,
  readManifest,
  readPinnedClients,
  type WantedFile,
  withLock,
  withPinnedClient,
} from "../project/index.ts";
import { checkClients } from "./check-clients.ts";
import { type ClientOptions, readClientOptions } from "./client-options.ts";
import { type ClientHome, connectOptions, defaultOut, findClientHome, toOut } from "./client-target.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
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
import { parseSelection } from "./selection.ts";
import { printable } from "./terminal.ts";

/** What is to become of one folder; without a client it is taken away. */
interface Change {
  readonly out: string;
  readonly client: PinnedClient | undefined;
  readonly wanted: readonly WantedFile[];
}

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
    const { root, changes } = await decide(home, folders, options, context);
    return await carryOut(root, changes, options, context);
  } finally {
    progress.end();
  }
}

async function decide(
  home: ClientHome | undefined,
  folders: readonly string[],
  options: ClientOptions,
  context: CommandContext,
): Promise<{ readonly root: string; readonly changes: readonly Change[] }> {
  if (options.from !== undefined) {
    if (folders.length > 0)
      throw new CommandError(ExitCode.usage, "--from makes one client; name its folder with --out.");
    const selection = options.only === undefined ? undefined : parseSelection(options.only);
    const source = parseSource(options.from);
    const live = await ask(source, context.cwd, selection && [...selection.keys()], home, options, context);
    const place = home ?? {
      root: resolve(context.cwd, defaultOutWithout(source, live)),
      project: undefined,
      settings: {},
    };
    const out =
      home?.project === undefined
        ? "."
        : options.out === undefined
          ? defaultOut(home, source, live.services, context.cwd)
          : toOut(home, options.out, context.cwd);
    if (home?.project !== undefined && out === ".")
      throw new CommandError(ExitCode.usage, "A client needs a folder of its own, not the project's.");
    const from = formatSource(relativeTo(place.root, source, context.cwd));
    return { root: place.root, changes: [await generate(place, out, from, live, selection)] };
  }
  if (options.only !== undefined || options.out !== undefined)
    throw new CommandError(
      ExitCode.usage,
      "--only and --out go with --from; say where the schema comes from.",
    );
  const { home: there, clients } = chosen(await pinned(home), home, folders, context);
  if (options.remove) {
    if (folders.length === 0)
      throw new CommandError(ExitCode.usage, "--remove needs the folders of the clients to remove.");
    return { root: there.root, changes: clients.map(({ out }) => ({ out, client: undefined, wanted: [] })) };
  }
  const changes: Change[] = [];
  for (const client of clients) {
    const selection = new Map([...client.services].map(([name, { methods }]) => [name, methods]));
    const live = await ask(
      parseSource(client.from),
      there.root,
      [...selection.keys()],
      there,
      options,
      context,
    );
    changes.push(await generate(there, client.out, client.from, live, selection));
  }
  return { root: there.root, changes };
}

async function pinned(home: ClientHome | undefined): Promise<PinnedClient[]> {
  return home === undefined ? [] : readPinnedClients((await readManifest(home.root)).answers);
}

/** The clients that are meant; it is an error when there are none. */
function chosen(
  clients: readonly PinnedClient[],
  home: ClientHome | undefined,
  folders: readonly string[],
  { cwd }: CommandContext,
): { readonly home: ClientHome; readonly clients: readonly PinnedClient[] } {
  if (home === undefined || clients.length === 0)
    throw new CommandError(
      ExitCode.usage,
      "There are no clients here yet. Make one: micro-gen client --from registry:go.micro.srv.greeter",
    );
  if (folders.length === 0 || home.project === undefined) return { home, clients };
  const outs = folders.map((folder) => toOut(home, folder, cwd));
  const unknown = outs.find((out) => !clients.some((client) => client.out === out));
  if (unknown === undefined) return { home, clients: clients.filter(({ out }) => outs.includes(out)) };
  throw new CommandError(
    ExitCode.usage,
    `${unknown} is no pinned client; there are ${clients.map(({ out }) => out).join(", ")}.`,
  );
}

function ask(
  source: Source,
  base: string,
  only: readonly string[] | undefined,
  home: ClientHome | undefined,
  options: ClientOptions,
  context: CommandContext,
): Promise<LiveSchema> {
  return readSource(source, {
    cwd: base,
    ...connectOptions(home?.project?.root, options, context),
    ...(only !== undefined && { only }),
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    signal: context.signal,
  });
}

async function generate(
  { settings }: ClientHome,
  out: string,
  from: string,
  { descriptorSet, services: offered }: LiveSchema,
  selection: ReadonlyMap<string, readonly string[] | "all"> = new Map(
    offered.map((name) => [name, "all"] as const),
  ),
): Promise<Change> {
  const { generateClient } = await import("../project/generate-client.ts");
  const made = await generateClient({ out, name: from, descriptorSet, selection, settings });
  return { out, client: { out, from, services: made.services }, wanted: made.wanted };
}

async function carryOut(
  root: string,
  changes: readonly Change[],
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
  changes: readonly Change[],
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

/** A file as the lock has it: relative to the root, wherever the user was. */
function relativeTo(root: string, source: Source, cwd: string): Source {
  if (source.kind !== "file") return source;
  return { kind: "file", path: relative(root, resolve(cwd, source.path)).split(sep).join("/") };
}

function defaultOutWithout(source: Source, { services }: LiveSchema): string {
  return defaultOut({ root: "", project: undefined, settings: {} }, source, services, "");
}
