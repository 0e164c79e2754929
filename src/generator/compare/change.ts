import type { Position } from "../schema/index.ts";

/**
 * Whom a change breaks. Each kind takes in those behind it:
 *
 * - `wire`: running peers that speak protobuf misread messages, or their calls fail
 * - `json`: running peers that speak JSON do
 * - `source`: nothing that runs; code stops compiling once it is generated anew, in whatever language
 * - `safe`: nobody
 */
export type ChangeKind = (typeof changeKinds)[number];

/** The worst first. */
export const changeKinds = ["wire", "json", "source", "safe"] as const;

/** One difference between two schemas. */
export interface Change {
  readonly kind: ChangeKind;
  /** kebab-case, of docs/changing-a-schema.md: `field-deleted`. */
  readonly rule: string;
  /** What it is about, in the old schema unless it is new: `shop.Order.age`, `shop/order.proto`. */
  readonly name: string;
  /** In the new schema; of what is gone, where it was around. */
  readonly position: Position;
  /** What changed: `Field 3 "age" of shop.Order is gone`. No full stop. */
  readonly what: string;
  /** What that does to whom, one sentence; undefined when it does nothing worth telling. */
  readonly consequence: string | undefined;
  /** What to do instead, one sentence; undefined when nothing need be done. */
  readonly remedy: string | undefined;
}

/** Notes a change; the name of the rule is known from its table. */
export type ReportChange = (change: Omit<Change, "rule">) => void;

/** Looks for one kind of difference between two versions of the same thing. */
export type ChangeRule<Pair> = (pair: Pair, report: ReportChange) => void;

/** Rules by name. */
export type ChangeRules<Pair> = Readonly<Record<string, ChangeRule<Pair>>>;

/** Two versions of one declaration. */
export interface Pair<Declaration> {
  readonly before: Declaration;
  readonly after: Declaration;
}

/** `Field 3 "age" is gone; old data ... Reserve 3 and "age".` */
export function describeChange({ what, consequence, remedy }: Change): string {
  return [`${what}.`, consequence, remedy].filter((part) => part !== undefined).join(" ");
}

/** Does a change break what `level` protects? */
export function isAtLeast(kind: ChangeKind, level: ChangeKind): boolean {
  return changeKinds.indexOf(kind) <= changeKinds.indexOf(level);
}
