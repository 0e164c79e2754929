import { type Change, compareSchemas, isAtLeast } from "../compare/index.ts";
import { guessRenames, type Rename, type RenameGuess } from "../merge/index.ts";
import {
  type AllowedChange,
  adviceOf,
  type Baseline,
  type Generation,
  readBaseline,
  type SchemaSnapshots,
  snapshotBaseline,
} from "../project/index.ts";
import type { Schema } from "../schema/index.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

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

/** A change that was decided. */
export type Decision = Pick<AllowedChange, "rule" | "name">;

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
  const allowed = new Set(decisions.map(decisionKey));
  const fateOf = (change: Change): JudgedChange["fate"] => {
    if (level === "none" || !isAtLeast(change.kind, level)) return "told";
    return allowed.has(decisionKey(change)) ? "allowed" : "refused";
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
  const made = new Set((other === baseline ? changes : compare(other)).map(decisionKey));
  const idle = decisions.filter((decision) => !made.has(decisionKey(decision)));
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
    const guess = byName.get(decisionKey(change));
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

/** What a decision and a change have in common. */
export function decisionKey({ rule, name }: Decision): string {
  return `${rule} ${name}`;
}

/** `--allow "field-deleted shop.Order.age"` */
function toDecision(typed: string): Decision {
  const [rule = "", ...name] = typed.trim().split(/\s+/);
  return { rule, name: name.join(" ") };
}
