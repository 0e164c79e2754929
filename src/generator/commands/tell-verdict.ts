import { type Change, describeChange } from "../compare/index.ts";
import { adviceOf, LAST_COMMIT, microJsonPath, reasonPlaceholder } from "../project/index.ts";
import { type Decision, decisionKey, type Verdict } from "./breaking-gate.ts";
import { ExitCode } from "./exit-codes.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { LocateSchemaFile } from "./print-diagnostics.ts";
import { printJsonError } from "./print-json-error.ts";
import { nothingWritten } from "./print-plan.ts";
import { type Output, printable, type Terminal } from "./terminal.ts";

/** What stops a run. */
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
    const text = `${what} "${decisionKey(decision)}", and compared with ${idle?.against} there is no such change. Check its spelling, or delete it${unless}.`;
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
