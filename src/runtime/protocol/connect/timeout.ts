/** `connect-timeout-ms` -> milliseconds: `1500` -> 1500. Undefined for text the protocol does not allow. */
export function parseConnectTimeout(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds -> `connect-timeout-ms`, at most 10 digits. Negative counts as 0. */
export function formatConnectTimeout(ms: number): string {
  return String(Math.min(9_999_999_999, Math.max(0, Math.ceil(ms))));
}
