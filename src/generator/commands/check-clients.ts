import { join, relative, sep } from "node:path";
import { SCHEMA_FILE } from "../emit/index.ts";
import { LiveError, parseSource, readSource } from "../live/index.ts";
import type { PinnedClient } from "../project/index.ts";
import { readSetFile, SchemaError } from "../schema/index.ts";
import type { ClientOptions } from "./client-options.ts";
import { type ClientHome, connectOptions } from "./client-target.ts";
import { ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./run.ts";
import { printable } from "./terminal.ts";

export interface CheckClientsOptions {
  readonly context: CommandContext;
  readonly options: Pick<
    ClientOptions,
    "registry" | "registryAddress" | "timeout" | "online" | "json" | "quiet"
  >;
  readonly home: ClientHome;
  readonly clients: readonly PinnedClient[];
}

/** What became of the service behind a pinned client. `unknown`: it could not be asked. */
export interface ClientState {
  readonly out: string;
  readonly from: string;
  readonly state: "same" | "moved" | "gone" | "unknown";
  /** What moved, or why nobody knows. Empty for `same`. */
  readonly details: readonly string[];
}

/** All at once: a team that is away must not make everybody wait for the next one. */
const timeoutMs = 3_000;
/** Changes told of one service. */
const maxShown = 5;

/** Asks every source whether its services are as they were pinned, and tells. Drift is exit code 4. */
export async function checkClients(given: CheckClientsOptions): Promise<number> {
  const { context, options } = given;
  const states = await clientStates(given);
  if (options.json)
    context.terminal.out.line(JSON.stringify({ schemaVersion: 1, clients: states }, undefined, 2));
  return tellStates(states, given);
}

/** Where each pinned client stands, in their order. */
export function clientStates({
  context,
  options,
  home,
  clients,
}: CheckClientsOptions): Promise<ClientState[]> {
  return Promise.all(
    clients.map(async (client): Promise<ClientState> => {
      const { out, from, services } = client;
      try {
        const live = await readSource(parseSource(from), {
          cwd: home.root,
          ...connectOptions(home.project?.root, options, context),
          timeoutMs: options.timeout ?? timeoutMs,
          signal: context.signal,
        });
        const gone = [...services.keys()].filter((name) => !live.services.includes(name));
        if (gone.length > 0)
          return { out, from, state: "gone", details: gone.map((name) => `${name} is no longer there`) };
        const details = await movesOf(home.root, client, live.descriptorSet);
        return { out, from, state: details.length === 0 ? "same" : "moved", details };
      } catch (error) {
        if (!(error instanceof LiveError || error instanceof SchemaError)) throw error;
        return { out, from, state: "unknown", details: [error.message] };
      }
    }),
  );
}

/** What is other than it was pinned, the worst first; empty for nothing. */
async function movesOf(root: string, client: PinnedClient, descriptorSet: Uint8Array): Promise<string[]> {
  const [{ loadDescriptorSet }, { selectServices, serviceDigest }, { compareSchemas, changeKinds }] =
    await Promise.all([
      import("../check/index.ts"),
      import("../schema/index.ts"),
      import("../compare/index.ts"),
    ]);
  const { out, from, services } = client;
  const selection = new Map([...services].map(([name, { methods }]) => [name, methods]));
  const select = async (bytes: Uint8Array, name: string) =>
    selectServices(await loadDescriptorSet({ descriptorSet: bytes, name }), selection);

  const now = await select(descriptorSet, from);
  if ("missing" in now) return now.missing.map((name) => `${name} is no longer there`);
  const moved = now.files
    .flatMap((file) => file.services)
    .filter((service) => services.get(service.fullName)?.digest !== serviceDigest(now, service));
  if (moved.length === 0) return [];
  // The schema beside the code says what has changed; without it only that something has.
  const bytes = await readSetFile(join(root, out, SCHEMA_FILE)).catch(() => undefined);
  const before = bytes && (await select(bytes, `${out}/${SCHEMA_FILE}`).catch(() => undefined));
  const changes = before === undefined || "missing" in before ? [] : compareSchemas(before, now);
  if (changes.length === 0) return moved.map(({ fullName }) => `${fullName} or its types changed`);
  const rank = ({ kind }: (typeof changes)[number]) => changeKinds.indexOf(kind);
  const sorted = changes.toSorted((one, other) => rank(one) - rank(other));
  const shown = sorted.slice(0, maxShown).map(({ kind, what }) => `${what} (${kind})`);
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `${more} more`] : shown;
}

/** Tells people, and answers with the exit code. */
export function tellStates(
  states: readonly ClientState[],
  { context, options, home }: CheckClientsOptions,
): number {
  const { err } = context.terminal;
  const shown = (out: string) => relative(context.cwd, join(home.root, out)).split(sep).join("/") || ".";
  const unknown = states.filter(({ state }) => state === "unknown");
  const moved = states.filter(({ state }) => state === "moved" || state === "gone");
  for (const { out, from, details } of unknown) {
    const word = options.online ? err.paint.red("error:") : err.paint.yellow("not asked:");
    if (options.online || !options.quiet)
      err.line(
        `${word} ${printable(shown(out))} may be out of date. ${printable(details.join("; "))} (${printable(from)})`,
      );
  }
  for (const { out, from, details } of moved)
    err.line(
      `${err.paint.red("error:")} ${printable(shown(out))}: ${printable(from)} has moved on: ${printable(details.join("; "))}. Run micro-gen client ${printable(shown(out))}`,
    );
  if (moved.length > 0) return ExitCode.drift;
  if (unknown.length > 0 && options.online) return ExitCode.unexpected;
  const same = states.length - unknown.length;
  if (!options.quiet && same > 0 && !options.json)
    err.line(`${same} client${same === 1 ? " is" : "s are"} as pinned.`);
  return ExitCode.ok;
}
