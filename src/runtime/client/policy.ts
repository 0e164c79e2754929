import type { BreakerOptions } from "./breaker.ts";
import type { RetryBudgetOptions } from "./retry-budget.ts";

/**
 * What decides about the attempts of a call. The same names for a client, for a method and for one call; the nearest
 * counts. docs/resilience.md tells every default and its reason.
 */
export interface CallPolicy {
  /**
   * Overall time of a call with all its attempts. Default 5000; a shorter deadline of the running handler wins. A stream
   * has no overall limit unless its method, the call or the running handler gives one: only finding and reaching a node
   * is limited to the client's.
   */
  readonly timeoutMs?: number | undefined;
  /** Attempts after the first. Default 1. Only safe ones are made: see `retry.ts`. */
  readonly retries?: number | undefined;
  /**
   * Without an answer after this time the call is made again on another node, and the first answer counts. For unary
   * methods with an `idempotency_level`. Default: never.
   */
  readonly hedgeAfterMs?: number | undefined;
}

/** What decides about all calls of a client. */
export interface ClientPolicy extends CallPolicy {
  /**
   * For single methods (`greeter.Greeter/Hello`) or all of a proto service (`greeter.Greeter`):
   * `{ "greeter.Greeter/Hello": { timeoutMs: 300 } }`.
   */
  readonly methods?: Readonly<Record<string, CallPolicy>> | undefined;
  /** What repetitions may add to a service's load; false for no limit. Default a fifth of its calls plus ten a second. */
  readonly retryBudget?: RetryBudgetOptions | false | undefined;
  /** Calls of one service that may run at once; further ones fail with 429. Default 1024. */
  readonly maxInFlight?: number | undefined;
  /** True (or numbers) stops calling a service for a while when most calls of it fail. Default false. */
  readonly breaker?: boolean | BreakerOptions | undefined;
}

/** go-micro's request timeout. */
export const TIMEOUT_MS = 5000;
