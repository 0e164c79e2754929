import { ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/**
 * What `--json` prints of a run that was refused or failed, on stdout like every result:
 * `{"schemaVersion": 1, "error": {"code": "usage", "message": "..."}}`. The code is the name of the exit code.
 */
export function printJsonError(
  terminal: Terminal,
  exitCode: number,
  message: string,
  more: object = {},
): void {
  const code = Object.entries(ExitCode).find(([, value]) => value === exitCode)?.[0] ?? "unexpected";
  terminal.out.line(JSON.stringify({ schemaVersion: 1, error: { code, message }, ...more }, undefined, 2));
}
