import { relative, resolve, sep } from "node:path";
import { formatSource, type LiveSchema, parseSource, readSource, type Source } from "../live/index.ts";
import { type PinnedClient, readManifest, readPinnedClients, type WantedFile } from "../project/index.ts";
import type { ClientOptions } from "./client-options.ts";
import { type ClientHome, connectOptions, defaultOut, toOut } from "./client-target.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./run.ts";
import { parseSelection } from "./selection.ts";

/** What is to become of one folder; without a client it is taken away. */
export interface ClientChange {
  readonly out: string;
  readonly client: PinnedClient | undefined;
  readonly wanted: readonly WantedFile[];
}

/** What the options ask for, with the schemas that services answer; writes nothing. */
export async function clientChanges(
  home: ClientHome | undefined,
  folders: readonly string[],
  options: ClientOptions,
  context: CommandContext,
): Promise<{ readonly root: string; readonly changes: readonly ClientChange[] }> {
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
  const changes: ClientChange[] = [];
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

/** The clients that a place has. */
export async function pinned(home: ClientHome | undefined): Promise<PinnedClient[]> {
  return home === undefined ? [] : readPinnedClients((await readManifest(home.root)).answers);
}

/** The clients that are meant; it is an error when there are none. */
export function chosen(
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
): Promise<ClientChange> {
  const { generateClient } = await import("../project/generate-client.ts");
  const made = await generateClient({ out, name: from, descriptorSet, selection, settings });
  return { out, client: { out, from, services: made.services }, wanted: made.wanted };
}

/** A file as the lock has it: relative to the root, wherever the user was. */
function relativeTo(root: string, source: Source, cwd: string): Source {
  if (source.kind !== "file") return source;
  return { kind: "file", path: relative(root, resolve(cwd, source.path)).split(sep).join("/") };
}

function defaultOutWithout(source: Source, { services }: LiveSchema): string {
  return defaultOut({ root: "", project: undefined, settings: {} }, source, services, "");
}
