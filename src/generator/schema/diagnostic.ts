import { escapeUnprintable } from "./quoted.ts";
import type { Position } from "./schema.ts";

/** One thing wrong in a schema. Printed as `file:line:column message (rule)`. */
export interface Diagnostic {
  readonly position: Position;
  /** kebab-case: `syntax`, `unresolved-type`, `duplicate-number` ... */
  readonly rule: string;
  /** One sentence; ends with the fix where one is known. */
  readonly message: string;
  /** Legal and yet unwise: told, and in nobody's way. Absent: a mistake. */
  readonly severity?: "warning";
}

/** Thrown by the loader: everything found, in file and line order. */
export class SchemaError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "SchemaError";
    this.diagnostics = diagnostics;
  }
}

/** One line, whatever is in the schema. */
export function formatDiagnostic({ position, rule, message }: Diagnostic): string {
  const { file, line, column } = position;
  return escapeUnprintable(`${file}:${line}:${column} ${message} (${rule})`);
}
