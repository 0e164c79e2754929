import { join, relative, sep } from "node:path";
import { LiveError, parseSource, readSource } from "../live/index.ts";
import type { PinnedClient } from "../project/index.ts";
import { SchemaError } from "../schema/diagnostic.ts";
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
        const details = await movesOf(client, live.descriptorSet);
        return { out, from, state: details.length === 0 ? "same" : "moved", details };
      } catch (error) {
        if (!(error instanceof LiveError || error instanceof SchemaError)) throw error;
        return { out, from, state: "unknown", details: [error.message] };
      }
    }),
  );
}

async function movesOf({ from, services }: PinnedClient, descriptorSet: Uint8Array): Promise<string[]> {
  const [{ loadDescriptorSet }, { selectServices, serviceDigest }] = await Promise.all([
    import("../check/index.ts"),
    import("../schema/index.ts"),
  ]);
  const selection = new Map([...services].map(([name, { methods }]) => [name, methods]));
  const selected = selectServices(await loadDescriptorSet({ descriptorSet, name: from }), selection);
  if ("missing" in selected) return selected.missing.map((name) => `${name} is no longer there`);
  return selected.files
    .flatMap((file) => file.services)
    .filter((service) => services.get(service.fullName)?.digest !== serviceDigest(selected, service))
    .map(({ fullName }) => `${fullName} or its types changed`);
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
