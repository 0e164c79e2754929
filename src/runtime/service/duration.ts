const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Go's duration text in milliseconds: `5s` -> 5000, `1m30s` -> 90000, `0.5h` -> 1800000, `0` -> 0 (`time.ParseDuration`,
 * without a sign). Undefined for anything else.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (text.length > 50 || !/^(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit as string] as number);
  }
  return total;
}
