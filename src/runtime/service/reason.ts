/** What went wrong, for a line. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
