import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  BREAKER_FAILURE_RATIO,
  BREAKER_MIN_CALLS,
  BREAKER_OPEN_MS,
} from "../../../src/runtime/client/breaker.ts";
import { MAX_IN_FLIGHT } from "../../../src/runtime/client/callee.ts";
import { WARM_WITHIN_MS } from "../../../src/runtime/client/follow-nodes.ts";
import { MARGIN_MS } from "../../../src/runtime/client/forwarded.ts";
import { TIMEOUT_MS } from "../../../src/runtime/client/policy.ts";
import { DIAL_TIMEOUT_MS, POOL_TTL_MS } from "../../../src/runtime/client/reach.ts";
import {
  BACKOFF_MS,
  MAX_BACKOFF_MS,
  MAX_UNSENT_ATTEMPTS,
  RETRIES,
} from "../../../src/runtime/client/retry.ts";
import { RETRIES_PER_SECOND, RETRY_RATIO } from "../../../src/runtime/client/retry-budget.ts";
import { DEFAULT_CACHE_TTL_MS } from "../../../src/runtime/selector/create-selector.ts";
import {
  BASE_EJECTION_MS,
  ERRORS_BEFORE_EJECTION,
  MAX_EJECTION_MS,
} from "../../../src/runtime/selector/index.ts";
import { MAX_HANDLER_MS } from "../../../src/runtime/server/create-server.ts";
import { ABANDONED_HANDLER_MS, MAX_CONCURRENT_CALLS } from "../../../src/runtime/server/running-calls.ts";
import { DEFAULTS } from "../../../src/runtime/service/defaults.ts";
import { DRAIN_DELAY_MS, GRACE_MS, LOOPBACK_DRAIN_DELAY_MS } from "../../../src/runtime/service/lifecycle.ts";

const page = readFileSync(new URL("../../../docs/resilience.md", import.meta.url), "utf8");

/** What the code does. */
const CODE: Readonly<Record<string, number | string>> = {
  timeoutMs: TIMEOUT_MS,
  margin: MARGIN_MS,
  retries: RETRIES,
  backoff: BACKOFF_MS,
  maxBackoff: MAX_BACKOFF_MS,
  "retryBudget.ratio": RETRY_RATIO,
  "retryBudget.perSecond": RETRIES_PER_SECOND,
  unsentAttempts: MAX_UNSENT_ATTEMPTS,
  maxInFlight: MAX_IN_FLIGHT,
  maxInFlightPerNode: "off",
  hedgeAfterMs: "off",
  breaker: "off",
  "breaker.failureRatio": BREAKER_FAILURE_RATIO,
  "breaker.minCalls": BREAKER_MIN_CALLS,
  "breaker.openMs": BREAKER_OPEN_MS,
  selector: Object.keys(DEFAULTS.selector)[0] as string,
  cacheTtlMs: DEFAULT_CACHE_TTL_MS,
  ejection: BASE_EJECTION_MS,
  maxEjection: MAX_EJECTION_MS,
  errorsBeforeEjection: ERRORS_BEFORE_EJECTION,
  dialTimeout: DIAL_TIMEOUT_MS,
  poolTtlMs: POOL_TTL_MS,
  poolSize: 100,
  warmWithin: WARM_WITHIN_MS,
  maxConcurrentCalls: MAX_CONCURRENT_CALLS,
  abandonedHandlerMs: ABANDONED_HANDLER_MS,
  maxHandlerMs: MAX_HANDLER_MS,
  drainDelayMs: DRAIN_DELAY_MS,
  loopbackDrainDelayMs: LOOPBACK_DRAIN_DELAY_MS,
  graceMs: GRACE_MS,
};

const UNITS: Readonly<Record<string, number>> = { "": 1, "%": 0.01, ms: 1, s: 1000, min: 60_000 };

/** `5 s` -> 5000, `20 %` -> 0.2, `off` -> off. */
function defaultOf(cell: string): number | string {
  const [, amount, unit = ""] = /^(\d+)(?: (%|ms|s|min))?$/.exec(cell) ?? [];
  return amount === undefined ? cell.replaceAll("`", "") : Number(amount) * (UNITS[unit] as number);
}

test("when a default changes then the page about resilience changes with it, and names no other", () => {
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];
  const told = Object.fromEntries(rows.map(([, name = "", value = ""]) => [name, defaultOf(value.trim())]));
  expect(told).toEqual(CODE);
  for (const [, name, , reason = ""] of rows) expect(reason.trim(), `the reason of ${name}`).not.toBe("");
});

test("when the page about reliability names a test then there is one", () => {
  const told = readFileSync(new URL("../../../docs/reliability.md", import.meta.url), "utf8");
  const tests = new URL("../../", import.meta.url);
  const named = [...told.matchAll(/`((?:[a-z0-9-]+\/)+[a-z0-9-]+)`/g)]
    .map(([, name = ""]) => name)
    .filter(
      (name) =>
        existsSync(new URL(`runtime/${name.split("/")[0]}`, tests)) || /^(?:e2e|contract)\//.test(name),
    );
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter(
    (name) =>
      !["runtime/", ""].some((at) =>
        [".test.ts", ".ts"].some((end) => existsSync(new URL(`${at}${name}${end}`, tests))),
      ),
  );
  expect(missing).toEqual([]);
});
