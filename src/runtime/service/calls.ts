import { type ClientPolicy, checkPolicy } from "../client/index.ts";
import type { AnyServiceOptions } from "./service.ts";
import type { Settings } from "./settings.ts";

/** How a service calls others: `calls` of its options. docs/resilience.md tells every default and its reason. */
export interface CallsOptions extends ClientPolicy {
  /** Calls of ours that one node may have in flight; other nodes are taken beyond, and with none left 429. Default: any number. */
  readonly maxInFlightPerNode?: number | undefined;
}

/** The policy of a service's client, from its options, environment and flags, and everything that is wrong with it. */
export function callsOf(
  options: AnyServiceOptions,
  settings: Settings,
): {
  readonly policy: ClientPolicy;
  readonly maxInFlightPerNode: number | undefined;
  readonly problems: readonly string[];
} {
  const { maxInFlightPerNode, ...calls } = options.calls ?? {};
  const { requestTimeoutMs: timeoutMs, retries } = settings;
  const problems: string[] = [];
  for (const [own, name] of [
    ["requestTimeoutMs", "timeoutMs"],
    ["retries", "retries"],
  ] as const) {
    if (options[own] !== undefined && calls[name] !== undefined)
      problems.push(`${own} and calls.${name} say the same thing: give one of them`);
  }
  const policy = {
    ...calls,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retries === undefined ? {} : { retries }),
  };
  for (const problem of checkPolicy(policy, "calls.")) {
    // Named as it was given.
    const named =
      timeoutMs === undefined ? problem : problem.replace(/^calls\.timeoutMs:/, "requestTimeoutMs:");
    problems.push(retries === undefined ? named : named.replace(/^calls\.retries:/, "retries:"));
  }
  if (maxInFlightPerNode !== undefined) {
    const { maxInFlight = maxInFlightPerNode } = calls;
    if (!Number.isInteger(maxInFlightPerNode) || maxInFlightPerNode < 1)
      problems.push(`calls.maxInFlightPerNode: ${String(maxInFlightPerNode)} is not a whole number from 1`);
    else if (maxInFlightPerNode > maxInFlight)
      problems.push(
        `calls.maxInFlightPerNode (${maxInFlightPerNode}) is more than calls.maxInFlight (${maxInFlight}): no node could have so many`,
      );
  }
  return problems.length > 0
    ? { policy: {}, maxInFlightPerNode: undefined, problems }
    : { policy, maxInFlightPerNode, problems };
}
