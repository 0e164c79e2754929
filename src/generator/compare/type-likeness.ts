import type { Enum, Message, Schema } from "../schema/index.ts";
import { type ChangeKind, type ChangeRules, isAtLeast, type Pair } from "./change.ts";
import type { TypeScope } from "./compatible-types.ts";
import { enumChanges } from "./enum-changes.ts";
import { eachFieldPair, fieldChanges } from "./field-changes.ts";
import { messageChanges } from "./message-changes.ts";

/**
 * Judges a type that stands where another one stood. Names of types are not sent, so it breaks whom the same type would
 * that changed in this way: fields are the same when their numbers are, and so on into the types of fields. Nobody who
 * runs when all is alike; generated code names another type then, which is `source`.
 *
 * @param newName full name of a type -> the one it has now, where somebody knows
 */
export function createTypeScope(
  before: Schema,
  after: Schema,
  newName: (typeName: string) => string,
): TypeScope {
  const known = new Map<string, TypePair>();
  /** Pairs that differ nowhere, however deep. */
  const alike = new Set<string>();

  /** What differs between two types themselves; the pairs that their fields lead to. */
  const judge = (from: string, to: string): TypePair => {
    const key = `${from} ${to}`;
    const judged = known.get(key);
    if (judged !== undefined) return judged;
    const leadsTo: [string, string][] = [];
    const made = { kind: judgeShape(from, to, leadsTo), leadsTo };
    known.set(key, made);
    return made;
  };

  const judgeShape = (from: string, to: string, leadsTo: [string, string][]): ChangeKind => {
    // In JSON each of these has a form of its own.
    const start: ChangeKind = hasOwnJson(from) || hasOwnJson(to) ? "json" : "source";
    const enums = pairOf<Enum>(before.enums.get(from), after.enums.get(to));
    if (enums !== undefined) return worst(start, kindsOf(enumChanges, enums));
    const messages = pairOf<Message>(before.messages.get(from), after.messages.get(to));
    if (messages === undefined) return "wire";
    const scope: TypeScope = {
      before,
      after,
      newName,
      becomes(one, other) {
        if (newName(one) !== other) leadsTo.push([one, other]);
        return undefined;
      },
    };
    const fields = [...eachFieldPair(messages, scope)].flatMap((pair) => kindsOf(fieldChanges, pair));
    return worst(start, [...kindsOf(messageChanges, messages), ...fields]);
  };

  return {
    before,
    after,
    newName,
    becomes(from, to) {
      if (newName(from) === to) return undefined;
      // Types may hold each other, so the pairs are walked, each once.
      const seen = new Set<string>();
      const open: [string, string][] = [[from, to]];
      let kind: ChangeKind = "source";
      for (let pair = open.pop(); pair !== undefined && kind !== "wire"; pair = open.pop()) {
        const key = pair.join(" ");
        if (seen.has(key) || alike.has(key)) continue;
        seen.add(key);
        const judged = judge(...pair);
        kind = worst(kind, [judged.kind]);
        open.push(...judged.leadsTo);
      }
      if (kind === "source") for (const key of seen) alike.add(key);
      return kind;
    },
  };
}

interface TypePair {
  readonly kind: ChangeKind;
  /** Types of fields, before and after, that have different names. */
  readonly leadsTo: readonly [string, string][];
}

function hasOwnJson(name: string): boolean {
  return name.startsWith("google.protobuf.") && name !== "google.protobuf.Empty";
}

function pairOf<Declaration>(
  before: Declaration | undefined,
  after: Declaration | undefined,
): Pair<Declaration> | undefined {
  return before === undefined || after === undefined ? undefined : { before, after };
}

function kindsOf<Target extends Pair<unknown>>(rules: ChangeRules<Target>, pair: Target): ChangeKind[] {
  const kinds: ChangeKind[] = [];
  for (const rule of Object.values(rules)) rule(pair, ({ kind }) => void kinds.push(kind));
  return kinds;
}

function worst(start: ChangeKind, kinds: readonly ChangeKind[]): ChangeKind {
  return kinds.reduce((one, other) => (isAtLeast(other, one) ? other : one), start);
}
