const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** `grpc-timeout` text -> milliseconds: `100m` -> 100. Undefined for text the specification does not allow. */
export function parseGrpcTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNIT_MS[match[2] as string] as number);
}

/** Milliseconds -> `grpc-timeout` text of at most 8 digits: 1500 -> `1500m`. Negative counts as 0. */
export function formatGrpcTimeout(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms));
  if (whole < 1e8) return `${whole}m`;
  const seconds = Math.ceil(whole / 1000);
  return seconds < 1e8 ? `${seconds}S` : `${Math.min(99_999_999, Math.ceil(seconds / 3600))}H`;
}

/**
 * go-micro's `timeout` metadata, decimal nanoseconds -> milliseconds: `5000000000` -> 5000. Undefined when it is no
 * unsigned 64-bit number: go-micro ignores it then.
 */
export function parseMicroTimeout(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Number(text) / 1e6 : undefined;
}
