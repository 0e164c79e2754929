import { nearMatches } from "../selector/index.ts";
import type { BreakerOptions } from "./breaker.ts";
import type { CallPolicy, ClientPolicy } from "./policy.ts";
import type { RetryBudgetOptions } from "./retry-budget.ts";

/** Timers of Node cannot be longer. */
const MAX_MS = 2 ** 31 - 1;

type Check = (value: unknown) => string | undefined;
/** One row per option, so that the compiler asks for a new one. */
type Checks<T> = { readonly [Key in keyof Required<T>]: Check };

function number(min: number, max: number, what: string): Check {
  return (value) =>
    typeof value === "number" && value >= min && value <= max ? undefined : `is not ${what}`;
}

function whole(min: number, max: number): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `is not a whole number from ${min} to ${max}`;
}

const milliseconds = number(1, MAX_MS, `a number of milliseconds from 1 to ${MAX_MS}`);
/** Checked by the option's own rows. */
const elsewhere: Check = () => undefined;

const CALL: Checks<CallPolicy> = {
  timeoutMs: milliseconds,
  retries: whole(0, 100),
  hedgeAfterMs: milliseconds,
};
const CLIENT: Checks<ClientPolicy> = {
  ...CALL,
  methods: elsewhere,
  retryBudget: elsewhere,
  maxInFlight: whole(1, 1_000_000),
  breaker: elsewhere,
};
const BUDGET: Checks<RetryBudgetOptions> = {
  ratio: number(0, 10, "a number from 0 to 10"),
  perSecond: number(0, 1_000_000, "a number from 0 to 1000000"),
};
const BREAKER: Checks<BreakerOptions> = {
  failureRatio: number(0.01, 1, "a share from 0.01 to 1"),
  minCalls: whole(1, 1_000_000),
  openMs: milliseconds,
};

/**
 * `Greeter/Hello` may be of a schema without a package; one word alone is neither a method nor a service, but what is left
 * of one when its package or service was forgotten.
 */
const METHOD_OR_SERVICE = /^(?:\w+(?:\.\w+)*\/\w+|\w+(?:\.\w+)+)$/;

/** The names of {@link ClientPolicy}, for whoever checks a larger set of options. */
export const POLICY_NAMES = Object.keys(CLIENT);

/**
 * Everything that is wrong with a policy, one line each with the name of the option: unknown names, values out of range,
 * options that contradict each other. `prefix` is where the policy stands: `calls.`.
 */
export function checkPolicy(policy: ClientPolicy, prefix = ""): string[] {
  const { methods, retryBudget, breaker } = policy;
  const problems = [...checked(policy, CLIENT, prefix), ...contradictions(policy, policy, prefix)];
  if (retryBudget !== false) problems.push(...group(retryBudget, BUDGET, `${prefix}retryBudget`));
  if (typeof breaker !== "boolean") problems.push(...group(breaker, BREAKER, `${prefix}breaker`));
  if (methods === undefined) return problems;
  if (!isRecord(methods)) return [...problems, `${prefix}methods is not an object`];
  for (const [method, own] of Object.entries(methods)) {
    const place = `${prefix}methods[${JSON.stringify(method)}]`;
    if (!METHOD_OR_SERVICE.test(method))
      problems.push(`${place}: a method is package.Service/Method, all of a service package.Service`);
    if (!isRecord(own)) problems.push(`${place} is not an object`);
    else problems.push(...checked(own, CALL, `${place}.`), ...contradictions(own, policy, `${place}.`));
  }
  return problems;
}

/** `unknown option retrys; did you mean retries?`. */
export function unknownOption(name: string, known: readonly string[], prefix = ""): string {
  const near = nearMatches(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known: ${known.join(" ")}`;
  return `unknown option ${prefix}${name}; ${hint}`;
}

function group<T extends object>(value: T | undefined, checks: Checks<T>, place: string): string[] {
  if (value === undefined) return [];
  return isRecord(value) ? checked(value, checks, `${place}.`) : [`${place} is neither false nor an object`];
}

function checked<T extends object>(given: T, checks: Checks<T>, prefix: string): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(checks, name)) return [unknownOption(name, Object.keys(checks), prefix)];
    const problem = value === undefined ? undefined : checks[name as keyof T](value);
    return problem === undefined ? [] : [`${prefix}${name}: ${String(value)} ${problem}`];
  });
}

/** What `own` says, or leaves to the client, but cannot be had together. */
function contradictions(own: CallPolicy, client: CallPolicy, prefix: string): string[] {
  const hedgeAfterMs = own.hedgeAfterMs ?? client.hedgeAfterMs;
  const timeoutMs = own.timeoutMs ?? client.timeoutMs;
  const retries = own.retries ?? client.retries;
  if (hedgeAfterMs === undefined) return [];
  const problems: string[] = [];
  if (timeoutMs !== undefined && hedgeAfterMs >= timeoutMs)
    problems.push(
      `${prefix}hedgeAfterMs (${hedgeAfterMs}) is not shorter than timeoutMs (${timeoutMs}): it would never happen`,
    );
  if (retries === 0)
    problems.push(`${prefix}hedgeAfterMs needs retries: a hedge is one of them, and there are 0`);
  return problems;
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
