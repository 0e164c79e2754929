import type { Diagnostic, SchemaError } from "../schema/diagnostic.ts";
import { codeFrame } from "./code-frame.ts";
import { type Output, printable, type Terminal } from "./terminal.ts";

/** Where a schema file lies on disk, for a path a person can click, and its text for the code frame. */
export type LocateSchemaFile = (file: string) => { readonly path: string; readonly text: string } | undefined;

/**
 * Every mistake of a schema on stderr as `file:line:column message (rule)`, in a terminal with the line it is in, and
 * how many there are.
 */
export function printSchemaError(terminal: Terminal, error: SchemaError, locate?: LocateSchemaFile): void {
  const { err } = terminal;
  for (const diagnostic of error.diagnostics) printDiagnostic(err, diagnostic, locate);
  const count = error.diagnostics.length;
  err.line(`${count} ${count === 1 ? "mistake" : "mistakes"} in the schema; nothing was written.`);
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
