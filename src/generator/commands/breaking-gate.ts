import { type Change, compareSchemas, describeChange, isAtLeast } from "../compare/index.ts";
import { guessRenames, type Rename, type RenameGuess } from "../merge/index.ts";
import {
  type AllowedChange,
  adviceOf,
  type Baseline,
  type Generation,
  LAST_COMMIT,
  microJsonPath,
  readBaseline,
  reasonPlaceholder,
  type SchemaSnapshots,
  snapshotBaseline,
} from "../project/index.ts";
import type { Schema } from "../schema/index.ts";
import { ExitCode } from "./exit-codes.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { LocateSchemaFile } from "./print-diagnostics.ts";
import { printJsonError } from "./print-json-error.ts";
import { nothingWritten } from "./print-plan.ts";
import type { CommandContext } from "./run.ts";
import { type Output, printable, type Terminal } from "./terminal.ts";

/** How the schemas differ from those they are compared with. */
export interface Verdict {
  /** Undefined: there was nothing to compare with. */
  readonly against: string | undefined;
  readonly changes: readonly JudgedChange[];
  /** What may only have another name now, and nobody has said so. Default none. */
  readonly guesses?: readonly RenameGuess[];
  /** Decisions that decide nothing. Default none. */
  readonly idle?: { readonly decisions: readonly Decision[]; readonly against: string };
}

type Decision = Pick<AllowedChange, "rule" | "name">;

export interface JudgedChange {
  readonly change: Change;
  /** `refused`: it breaks what is to be kept. `allowed`: it does, and was decided. */
  readonly fate: "refused" | "allowed" | "told";
}

/** The schemas as they are to be. */
export interface NewSchema {
  readonly schema: Schema;
  /** What the code on disk was generated from. */
  readonly snapshots: SchemaSnapshots;
  /** What the user says has another name now. */
  readonly renames: readonly Rename[];
}

/** Compares new schemas with `--against`, or with what the code was last made from. */
export async function judgeChanges(
  generation: Generation,
  options: MicroGenOptions,
  context: Pick<CommandContext, "cwd" | "env" | "signal">,
  { schema, snapshots, renames }: NewSchema,
): Promise<Verdict> {
  const { against, againstFleet, check = false, compatibility, allow = [] } = options;
  // Who asks those who run has had the answer.
  if (againstFleet) return { against: undefined, changes: [] };
  const level = generation.gate?.compatibility ?? compatibility ?? "json";
  // Nobody uses it, so nobody is compared with unless somebody asks.
  if (level === "none" && against === undefined) return { against: undefined, changes: [] };
  const baseline: Baseline | undefined =
    against === undefined
      ? await snapshotBaseline(generation, schema.descriptorSet, { drafts: check, snapshots })
      : isLiveSource(against)
        ? await (await import("./live-baseline.ts")).liveBaseline(against, generation, options, context)
        : await readBaseline(against, generation, context.cwd);
  const compare = (other: Baseline) =>
    compareSchemas(other.schema, schema, {
      renamed: new Map(renames.map(({ from, to }) => [from, to])),
      // One of several schemas in a folder says nothing about the others.
      isPartial: !generation.owns("schema.binpb"),
    });
  const said = new Set(renames.map(({ from }) => from));
  const guesses =
    baseline === undefined ? [] : guessRenames(baseline.schema, schema).filter(({ from }) => !said.has(from));
  const changes = baseline === undefined ? [] : adviseRenames(compare(baseline), guesses);
  const decisions: readonly Decision[] = [...(generation.gate?.allow ?? []), ...allow.map(toDecision)];
  const allowed = new Set(decisions.map(keyOf));
  const fateOf = (change: Change): JudgedChange["fate"] => {
    if (level === "none" || !isAtLeast(change.kind, level)) return "told";
    return allowed.has(keyOf(change)) ? "allowed" : "refused";
  };
  const verdict = {
    against: baseline?.name,
    changes: changes.map((change) => ({ change, fate: fateOf(change) })),
    guesses,
  };
  if (decisions.length === 0) return verdict;
  // Also where the code on disk is up to date: what was decided may not be committed yet.
  const other = baseline ?? (await snapshotBaseline(generation, undefined, { drafts: check, snapshots }));
  if (other === undefined) return verdict;
  const made = new Set((other === baseline ? changes : compare(other)).map(keyOf));
  const idle = decisions.filter((decision) => !made.has(keyOf(decision)));
  return idle.length === 0 ? verdict : { ...verdict, idle: { decisions: idle, against: other.name } };
}

/** Does `--against` name a running service: `registry:go.micro.srv.shop`, `grpc://127.0.0.1:50051`? */
function isLiveSource(against: string): boolean {
  return /^(?:registry:|grpcs?:\/\/)/i.test(against);
}

/** Of what is gone and may have another name, the first thing to do is to say so. */
function adviseRenames(changes: readonly Change[], guesses: readonly RenameGuess[]): readonly Change[] {
  const byName = new Map(guesses.map((guess) => [`${guess.kind}-deleted ${guess.from}`, guess]));
  return changes.map((change) => {
    const guess = byName.get(keyOf(change));
    if (guess === undefined) return change;
    // Callers send the names of rpcs and services, so these are gone for them all the same.
    const remedy = change.kind === "wire" ? change.remedy : undefined;
    return { ...change, remedy: [renameAdvice(guess), remedy].filter(Boolean).join(" ") };
  });
}

/** `If it is called Greet now, run micro-gen --rename shop.Desk.Hello=Greet.` */
function renameAdvice(guess: RenameGuess): string {
  const advice = adviceOf(guess);
  return `${advice.slice(0, 1).toUpperCase()}${advice.slice(1)}.`;
}

function keyOf({ rule, name }: Decision): string {
  return `${rule} ${name}`;
}

/** `--allow "field-deleted shop.Order.age"` */
function toDecision(typed: string): Decision {
  const [rule = "", ...name] = typed.trim().split(/\s+/);
  return { rule, name: name.join(" ") };
}

export function refusedOf({ changes }: Verdict): readonly Change[] {
  return changes.flatMap(({ change, fate }) => (fate === "refused" ? [change] : []));
}

/** Decisions that decide nothing, as warnings that say what to do with them. */
export function printIdle(err: Output, { idle }: Verdict, isProject: boolean): void {
  for (const decision of idle?.decisions ?? []) {
    const what = isProject ? `${microJsonPath}: "allow" has` : "--allow has";
    // On a branch, CI may still compare with where the branch goes.
    const unless =
      idle?.against === LAST_COMMIT ? ", unless you compare with something older (--against)" : "";
    const text = `${what} "${keyOf(decision)}", and compared with ${idle?.against} there is no such change. Check its spelling, or delete it${unless}.`;
    err.line(`${err.paint.yellow("warning:")} ${printable(text)}`);
  }
}

/** A change in JSON. */
export interface ChangeData {
  /** As seen from where the command was started. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: Change["kind"];
  readonly rule: string;
  readonly name: string;
  readonly message: string;
  readonly consequence?: string;
  readonly remedy?: string;
  readonly refused: boolean;
}

export function changeData({ changes }: Verdict, locate: LocateSchemaFile): ChangeData[] {
  return changes.map(({ change: { kind, rule, name, position, what, consequence, remedy }, fate }) => ({
    file: locate(position.file)?.path ?? position.file,
    line: position.line,
    column: position.column,
    kind,
    rule,
    name,
    message: `${what}.`,
    ...(consequence !== undefined && { consequence }),
    ...(remedy !== undefined && { remedy }),
    refused: fate === "refused",
  }));
}

/** Decisions that decide nothing, in JSON; nothing where there are none. */
export function idleData({ idle }: Verdict): { readonly idleAllow?: readonly Decision[] } {
  return idle === undefined ? {} : { idleAllow: idle.decisions.map(({ rule, name }) => ({ rule, name })) };
}

export interface RefusalOptions {
  /** What is decided is in a micro.json. */
  readonly isProject: boolean;
  readonly locate: LocateSchemaFile;
  readonly options: MicroGenOptions;
}

/** What breaks somebody, how to go on, and the exit code for it. */
export function tellRefusal(
  terminal: Terminal,
  verdict: Verdict,
  { isProject, locate, options }: RefusalOptions,
): number {
  const refused = refusedOf(verdict);
  const { err, json } = terminal;
  const count = refused.length === 1 ? "1 change" : `${refused.length} changes`;
  const message = `${count} would break users of ${verdict.against}${nothingWritten(options)}.`;
  if (json) {
    const data = { against: verdict.against, changes: changeData(verdict, locate), ...idleData(verdict) };
    printJsonError(terminal, ExitCode.breaking, message, data);
    return ExitCode.breaking;
  }
  for (const change of refused) printChange(err, change, "red", locate);
  printIdle(err, verdict, isProject);
  err.line(`${err.paint.red("error:")} ${printable(message)}`);
  for (const guess of verdict.guesses ?? [])
    err.line(printable(`${guess.kind} ${guess.from} is gone; ${adviceOf(guess)}`));
  for (const line of isProject ? adviceInProject(refused) : adviceOutside(refused)) err.line(printable(line));
  return ExitCode.breaking;
}

/** What breaks nobody that is to be kept, and has a consequence all the same; of what was decided, only that it is made. */
export function printChanges(err: Output, { changes }: Verdict, locate: LocateSchemaFile): void {
  for (const { change, fate } of changes) {
    if (fate === "allowed") {
      const { rule, name, what } = change;
      const told = printable(`allowed: ${what}. (${rule} ${name})`);
      err.line(`${placeOf(change, locate)} ${err.paint.dim(told)}`);
    } else if (fate === "told" && change.consequence !== undefined)
      printChange(err, change, "yellow", locate);
  }
}

function placeOf({ position }: Change, locate: LocateSchemaFile): string {
  const file = locate(position.file)?.path ?? position.file;
  return printable(`${file}:${position.line}:${position.column}`);
}

/** `proto/shop.proto:3:9 wire: Field 3 "age" of shop.Order is gone. ... (field-deleted shop.Order.age)` */
function printChange(
  { paint, line }: Output,
  change: Change,
  colour: "red" | "yellow",
  locate: LocateSchemaFile,
): void {
  const { kind, rule, name } = change;
  const place = paint.bold(placeOf(change, locate));
  const text = `${colour === "yellow" ? "warning: " : ""}${kind}: ${describeChange(change)}`;
  line(`${place} ${paint[colour](printable(text))} ${paint.dim(printable(`(${rule} ${name})`))}`);
}

/** How to decide changes in a project. */
export function adviceInProject(refused: readonly Change[]): string[] {
  const entries = refused.map(
    ({ rule, name }) =>
      `{"rule": "${rule}", "name": ${JSON.stringify(name)}, "reason": "${reasonPlaceholder}"}`,
  );
  return [
    `Take them back, or decide them in ${microJsonPath}:`,
    `  "allow": [`,
    ...entries.map((entry, index) => `    ${entry}${index === entries.length - 1 ? "" : ","}`),
    "  ]",
    `While nobody uses the schema yet, "compatibility": "none" allows everything.`,
  ];
}

function adviceOutside(refused: readonly Change[]): string[] {
  return [
    "Take them back, or allow them:",
    `  ${refused.map(({ rule, name }) => `--allow "${rule} ${name}"`).join(" ")}`,
    "While nobody uses the schema yet, --compatibility none allows everything.",
  ];
}
