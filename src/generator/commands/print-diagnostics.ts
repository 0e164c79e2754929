import type { Diagnostic, SchemaError } from "../schema/diagnostic.ts";
import { codeFrame } from "./code-frame.ts";
import { ExitCode } from "./exit-codes.ts";
import { printJsonError } from "./print-json-error.ts";
import { type Output, printable, type Terminal } from "./terminal.ts";

/** Where a schema file lies on disk, for a path a person can click, and its text for the code frame. */
export type LocateSchemaFile = (file: string) => { readonly path: string; readonly text: string } | undefined;

/** Every mistake of a schema: for people, or with `--json` for programs. */
export function reportSchemaError(terminal: Terminal, error: SchemaError, locate?: LocateSchemaFile): void {
  if (!terminal.json) {
    printSchemaError(terminal, error, locate);
    return;
  }
  const diagnostics = error.diagnostics.map(({ position, rule, message }) => ({
    file: locate?.(position.file)?.path ?? position.file,
    line: position.line,
    column: position.column,
    rule,
    message,
  }));
  printJsonError(terminal, ExitCode.invalidSchema, summaryOf(error), { diagnostics });
}

/**
 * Every mistake of a schema on stderr as `file:line:column message (rule)`, in a terminal with the line it is in, and
 * how many there are.
 */
function printSchemaError(terminal: Terminal, error: SchemaError, locate?: LocateSchemaFile): void {
  const { err } = terminal;
  for (const diagnostic of error.diagnostics) printDiagnostic(err, diagnostic, locate);
  err.line(summaryOf(error));
}

function summaryOf({ diagnostics: { length } }: SchemaError): string {
  return `${length} ${length === 1 ? "mistake" : "mistakes"} in the schema; nothing was written.`;
}

function printDiagnostic(
  err: Output,
  { position, rule, message }: Diagnostic,
  locate?: LocateSchemaFile,
): void {
  const found = locate?.(position.file);
  const place = `${found?.path ?? position.file}:${position.line}:${position.column}`;
  const { paint } = err;
  err.line(`${paint.bold(printable(place))} ${paint.red(printable(message))} ${paint.dim(`(${rule})`)}`);
  if (!err.isTerminal || found === undefined) return;
  const frame = codeFrame(found.text, position, paint);
  if (frame !== "") err.line(frame);
}
