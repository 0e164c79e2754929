import type { Diagnostic, SchemaError } from "../schema/diagnostic.ts";
import { escapeUnprintable } from "../schema/quoted.ts";
import { codeFrame } from "./code-frame.ts";
import { ExitCode } from "./exit-codes.ts";
import { printJsonError } from "./print-json-error.ts";
import type { Output, Terminal } from "./terminal.ts";

/** Where a schema file lies on disk, for a path a person can click, and its text for the code frame. */
export type LocateSchemaFile = (file: string) => { readonly path: string; readonly text: string } | undefined;

/**
 * Every mistake of a schema: for people, or with `--json` for programs.
 *
 * @param ending of the last sentence
 */
export function reportSchemaError(
  terminal: Terminal,
  error: SchemaError,
  locate?: LocateSchemaFile,
  ending = "; nothing was written",
): void {
  const { length } = error.diagnostics;
  const summary = `${length} ${length === 1 ? "mistake" : "mistakes"} in the schema${ending}.`;
  if (!terminal.json) {
    printSchemaError(terminal, error, summary, locate);
    return;
  }
  const diagnostics = error.diagnostics.map((one) => diagnosticData(one, locate));
  printJsonError(terminal, ExitCode.invalidSchema, summary, { diagnostics });
}

/** A diagnostic in JSON. */
export interface DiagnosticData {
  /** As seen from where the command was started. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string;
  readonly message: string;
}

export function diagnosticData(
  { position, rule, message }: Diagnostic,
  locate?: LocateSchemaFile,
): DiagnosticData {
  const { file, line, column } = position;
  return { file: locate?.(file)?.path ?? file, line, column, rule, message };
}

/** More than this nobody reads, and a terminal would take minutes for; `--json` has them all. */
const MOST_LINES = 1000;

/**
 * The mistakes of a schema on stderr as `file:line:column message (rule)`, in a terminal with the line it is in, and
 * how many there are.
 */
function printSchemaError(
  { err }: Terminal,
  error: SchemaError,
  summary: string,
  locate?: LocateSchemaFile,
): void {
  const { diagnostics } = error;
  for (const diagnostic of diagnostics.slice(0, MOST_LINES)) printDiagnostic(err, diagnostic, locate);
  const left = diagnostics.length - MOST_LINES;
  if (left > 0) err.line(`... and ${left} more, which --json shows.`);
  err.line(summary);
}

/** What is legal and yet unwise: `file:line:column warning: message (rule)`. */
export function printWarnings(err: Output, warnings: readonly Diagnostic[], locate: LocateSchemaFile): void {
  for (const warning of warnings) printDiagnostic(err, warning, locate);
}

function printDiagnostic(
  err: Output,
  { position, rule, message, severity }: Diagnostic,
  locate?: LocateSchemaFile,
): void {
  const found = locate?.(position.file);
  const place = `${found?.path ?? position.file}:${position.line}:${position.column}`;
  const { paint } = err;
  // What a schema names may hold line ends, which would pass for lines of ours.
  const said = escapeUnprintable(message);
  const text = severity === "warning" ? paint.yellow(`warning: ${said}`) : paint.red(said);
  err.line(`${paint.bold(escapeUnprintable(place))} ${text} ${paint.dim(`(${rule})`)}`);
  if (!err.isTerminal || found === undefined) return;
  const frame = codeFrame(found.text, position, paint);
  if (frame !== "") err.line(frame);
}
