import { type Change, isAtLeast } from "../compare/index.ts";
import type { Fleet, FleetMember, FleetVerdict } from "../fleet/index.ts";
import type { Generation } from "../project/index.ts";
import { escapeUnprintable } from "../schema/index.ts";
import { ExitCode } from "./exit-codes.ts";
import type { LocateSchemaFile } from "./print-diagnostics.ts";
import { printJsonError } from "./print-json-error.ts";
import { adviceInProject } from "./tell-verdict.ts";
import { printable, type Terminal } from "./terminal.ts";

/** One of the project's services as it runs, and what the project would make of it. */
export interface JudgedService extends FleetVerdict {
  readonly service: string;
  /** `version 1.2, 2 nodes`; undefined: it does not run. */
  readonly running: string | undefined;
  readonly changes: readonly Change[];
}

export interface FleetReport {
  readonly fleet: Fleet;
  /** What it is called. */
  readonly registry: string;
  /** What the project keeps compatible, and what it has decided. */
  readonly gate: Generation["gate"];
  readonly locate: LocateSchemaFile;
  readonly quiet: boolean;
}

/** Names shown of many. */
const maxShown = 10;

/**
 * Tells whom of those who run the project's changes would break, and answers with the exit code: 7 when there is somebody,
 * and when a change breaks callers by JSON, of whom nobody knows, in a project that keeps JSON and has not decided it.
 */
export function tellFleet(
  judged: readonly JudgedService[],
  terminal: Terminal,
  { fleet, registry, gate, locate, quiet }: FleetReport,
): number {
  const { err } = terminal;
  const say = (line: string) => {
    if (!quiet) err.line(line);
  };
  const place = ({ position }: Change) =>
    printable(`${locate(position.file)?.path ?? position.file}:${position.line}:${position.column}`);
  const keeps = gate !== undefined && gate.compatibility !== "none" && isAtLeast("json", gate.compatibility);
  const decided = new Set((gate?.allow ?? []).map(({ rule, name }) => `${rule} ${name}`));
  const undecided = new Map<string, Change>();
  let broken = 0;
  for (const { service, running, changes, breaks, outdated, consumers } of judged) {
    if (running === undefined) {
      say(printable(`${service}: does not run, and nobody who runs says to call it.`));
      continue;
    }
    const callers =
      consumers.length === 0 ? "nobody who runs says to call it" : `called by ${listOf(consumers)}`;
    say(printable(`${service} (${running}): ${callers}.`));
    for (const change of changes) {
      const { kind, rule, name, what } = change;
      if (kind !== "wire" && kind !== "json") continue;
      const concerned = breaks.filter((one) => one.change === change);
      const isDecided = kind === "json" && (!keeps || decided.has(`${rule} ${name}`));
      if (kind === "json" ? isDecided : concerned.length === 0) {
        const whom = kind === "json" ? "breaks who speaks JSON, which was decided" : "breaks nobody who runs";
        say(`  ${place(change)} ${printable(`${what}: ${whom}. (${rule})`)}`);
        continue;
      }
      const text =
        kind === "json" ? `${what}: breaks who speaks JSON, and nobody knows who does.` : `${what}.`;
      err.line(`  ${err.paint.bold(place(change))} ${err.paint.red(printable(`${text} (${rule})`))}`);
      if (kind === "json") undecided.set(`${rule} ${name}`, change);
      else broken += 1;
      for (const { consumer, methods } of concerned)
        err.line(printable(`    breaks ${nameOf(consumer)}, which calls ${methods.join(", ")}`));
    }
    if (outdated.length > 0)
      say(
        printable(
          `  ${listOf(outdated)}: made from another version of the schema; judged by the one that runs.`,
        ),
      );
  }
  for (const line of unseen(fleet.members, registry)) say(printable(line));
  if (broken === 0 && undecided.size === 0) {
    say("No running consumer is known that this would break.");
    return ExitCode.ok;
  }
  const message = messageOf(broken, undecided.size);
  if (terminal.json) {
    const data = {
      fleet: judged.map(dataOf),
      undecided: [...undecided.values()].map(({ rule, name, what }) => ({ rule, name, message: `${what}.` })),
    };
    printJsonError(terminal, ExitCode.breaking, message, data);
  }
  err.line(`${err.paint.red("error:")} ${message}`);
  if (undecided.size > 0)
    for (const line of adviceInProject([...undecided.values()])) err.line(printable(line));
  return ExitCode.breaking;
}

function messageOf(broken: number, undecided: number): string {
  const changes = (count: number, verb: string) =>
    `${count} change${count === 1 ? ` ${verb}s` : `s ${verb}`}`;
  const them = broken === 1 ? "it" : "them";
  return [
    ...(broken === 0
      ? []
      : [
          `${changes(broken, "break")} somebody who runs. Take ${them} back, or let the named services move first.`,
        ]),
    ...(undecided === 0
      ? []
      : [`${changes(undecided, "break")} callers by JSON, which the registry does not tell of.`]),
  ].join(" ");
}

/** A verdict in JSON. */
function dataOf({ service, running, breaks, outdated, consumers }: JudgedService) {
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

/** Who they are, with versions; of many the first. */
export function listOf(members: readonly FleetMember[]): string {
  const names = members.slice(0, maxShown).map(nameOf);
  const more = members.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Whoever is on the network may register any text. */
function nameOf({ name, version, nodes: count }: FleetMember): string {
  return escapeUnprintable(`${name.slice(0, 200)} (version ${version.slice(0, 60)}, ${nodeCount(count)})`);
}

/** `1 node`, `2 nodes` */
export function nodeCount(count: number): string {
  return `${count} node${count === 1 ? "" : "s"}`;
}
