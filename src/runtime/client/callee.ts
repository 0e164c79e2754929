import { MicroError } from "../errors/index.ts";
import { CLIENT_ID } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import { Breaker, type CallOutcome } from "./breaker.ts";
import type { ClientPolicy } from "./policy.ts";
import { TRANSIENT } from "./retry.ts";
import { RetryBudget } from "./retry-budget.ts";

/** Calls of one service that may run at once; Envoy's figure for requests. */
export const MAX_IN_FLIGHT = 1024;
/** Names may come from requests, as in a gateway: what is remembered of services is bounded. */
const MAX_CALLEES = 1000;

/** What a client knows of one service it calls: how many calls run, what may be repeated, whether it is worth calling. */
export class Callee {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #maxInFlight: number;
  readonly #budget: RetryBudget | undefined;
  readonly #breaker: Breaker | undefined;
  #inFlight = 0;

  constructor(name: string, policy: ClientPolicy, clock: Clock) {
    const { maxInFlight = MAX_IN_FLIGHT, retryBudget = {}, breaker = false } = policy;
    this.#name = name;
    this.#clock = clock;
    this.#maxInFlight = maxInFlight;
    this.#budget = retryBudget === false ? undefined : new RetryBudget(retryBudget);
    this.#breaker = breaker === false ? undefined : new Breaker(breaker === true ? {} : breaker);
  }

  get idle(): boolean {
    return this.#inFlight === 0;
  }

  /**
   * A call begins; `leave` must follow, with the number this gives. Throws MicroError 429 beyond the limit, 503 while
   * the circuit is open.
   */
  enter(): number {
    if (this.#inFlight >= this.#maxInFlight) {
      const detail = `${this.#maxInFlight} calls of ${this.#name} are in flight already, the limit of this client (maxInFlight)`;
      throw new MicroError({ id: CLIENT_ID, code: 429, detail, retryAfterMs: BUSY_MS });
    }
    const now = this.#clock.now();
    const openMs = this.#breaker?.refuses(now);
    if (openMs !== undefined) {
      const detail = `most calls of ${this.#name} failed: it is not called for another ${openMs} ms (breaker)`;
      throw new MicroError({ id: CLIENT_ID, code: 503, detail, retryAfterMs: openMs });
    }
    this.#inFlight += 1;
    this.#budget?.deposit(now);
    return this.#breaker?.era ?? 0;
  }

  /** The first message of a stream came. */
  answered(era: number): void {
    this.#breaker?.answered(era);
  }

  leave(era: number, error?: MicroError): void {
    this.#inFlight -= 1;
    this.#breaker?.report(outcomeOf(error), era, this.#clock.now());
  }

  /** True when the service may get one more call than its callers asked for. */
  mayRepeat(): boolean {
    return this.#budget?.withdraw(this.#clock.now()) ?? true;
  }
}

/** What another attempt may mend, and the service's own mistakes; not what the caller asked wrongly. */
const FAILURES: ReadonlySet<number> = new Set([...TRANSIENT, 500]);
/** Whoever gives up or is told to come later has not learnt whether the service works. */
const SILENT: ReadonlySet<number> = new Set([429, 499]);

function outcomeOf(error: MicroError | undefined): CallOutcome {
  if (error === undefined) return "success";
  if (SILENT.has(error.code)) return "unknown";
  return FAILURES.has(error.code) ? "failure" : "success";
}

/** What is suggested to whoever is told that there is too much to do: about the time of a few calls. */
const BUSY_MS = 100;

/** The services a client calls. */
export class Callees {
  readonly #callees = new Map<string, Callee>();
  readonly #policy: ClientPolicy;
  readonly #clock: Clock;

  constructor(policy: ClientPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
  }

  has(service: string): boolean {
    return this.#callees.has(service);
  }

  of(service: string): Callee {
    const known = this.#callees.get(service);
    if (known !== undefined) return known;
    if (this.#callees.size >= MAX_CALLEES) this.#forgetIdle();
    const callee = new Callee(service, this.#policy, this.#clock);
    this.#callees.set(service, callee);
    return callee;
  }

  #forgetIdle(): void {
    for (const [name, callee] of this.#callees) if (callee.idle) this.#callees.delete(name);
  }
}
