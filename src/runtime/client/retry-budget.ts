/** What a client may add to the load of a service it calls by repeating calls. */
export interface RetryBudgetOptions {
  /** Repetitions per call, on average over ten seconds. Default 0.2. */
  readonly ratio?: number | undefined;
  /** Repetitions per second that are always allowed, so that seldom called services are retried, too. Default 10. */
  readonly perSecond?: number | undefined;
}

export const RETRY_RATIO = 0.2;
export const RETRIES_PER_SECOND = 10;

/** Ten seconds in slices of one, as Finagle's and Linkerd's budgets. */
const SLICES = 10;
const SLICE_MS = 1000;

/**
 * Keeps repetitions from multiplying a failure: of the last ten seconds' calls at most a fifth may be made again, plus
 * ten a second. A node that dies takes few calls with it and all are repeated; a service that is down gets 1.2 times its
 * load, not twice or, through three services, eight times.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #floor: number;
  readonly #calls = new Array<number>(SLICES).fill(0);
  readonly #retries = new Array<number>(SLICES).fill(0);
  #slice = 0;
  #sumOfCalls = 0;
  #sumOfRetries = 0;

  constructor({ ratio = RETRY_RATIO, perSecond = RETRIES_PER_SECOND }: RetryBudgetOptions = {}) {
    this.#ratio = ratio;
    this.#floor = perSecond * SLICES;
  }

  /** A call begins; `now` as {@link Clock.now} gives it. */
  deposit(now: number): void {
    this.#turn(now);
    const index = this.#slice % SLICES;
    this.#calls[index] = (this.#calls[index] as number) + 1;
    this.#sumOfCalls += 1;
  }

  /** True when one more repetition is allowed; it counts from then on. */
  withdraw(now: number): boolean {
    this.#turn(now);
    if (this.#sumOfRetries + 1 > this.#sumOfCalls * this.#ratio + this.#floor) return false;
    const index = this.#slice % SLICES;
    this.#retries[index] = (this.#retries[index] as number) + 1;
    this.#sumOfRetries += 1;
    return true;
  }

  #turn(now: number): void {
    const slice = Math.floor(now / SLICE_MS);
    if (slice <= this.#slice) return;
    const stale = Math.min(SLICES, slice - this.#slice);
    for (let step = 1; step <= stale; step++) {
      const index = (slice - stale + step) % SLICES;
      this.#sumOfCalls -= this.#calls[index] as number;
      this.#sumOfRetries -= this.#retries[index] as number;
      this.#calls[index] = 0;
      this.#retries[index] = 0;
    }
    this.#slice = slice;
  }
}
