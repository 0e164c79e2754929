import { MicroError } from "../errors/index.ts";
import type { Metadata } from "../metadata/index.ts";
import { type ChannelCall, CLIENT_ID, markGivenUp } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import type { Attempts } from "./attempts.ts";
import { mayRetry } from "./retry.ts";
import { pause } from "./wait.ts";

/** What {@link hedged} needs of the call it makes several times. */
export interface HedgedCall {
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly hedgeAfterMs: number;
  readonly channelCall: ChannelCall<unknown, unknown>;
  /** Reaches a node, calls it, reports. Rejects with MicroError. */
  once(channelCall: ChannelCall<unknown, unknown>): Promise<unknown>;
}

/**
 * The same call on several nodes, each after the one before has been silent for `hedgeAfterMs` or has failed; the first
 * answer counts and ends the others (gRPC proposal A6). For methods that may be called more than once.
 */
export function hedged(call: HedgedCall): Promise<unknown> {
  return new Promise((resolve, reject) => new Hedge(call, resolve, reject).attempt());
}

class Hedge {
  readonly #call: HedgedCall;
  readonly #resolve: (response: unknown) => void;
  readonly #reject: (error: MicroError) => void;
  readonly #running = new Set<AbortController>();
  #stopTimer: (() => void) | undefined;
  #pausing = false;
  #settled = false;

  constructor(call: HedgedCall, resolve: (response: unknown) => void, reject: (error: MicroError) => void) {
    this.#call = call;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** One more attempt, and after `hedgeAfterMs` the next. */
  attempt(): void {
    void this.#run();
    this.#stopTimer?.();
    this.#stopTimer = this.#call.clock.after(
      this.#call.hedgeAfterMs,
      () => {
        this.#stopTimer = undefined;
        if (!this.#pausing && this.#call.attempts.repetition(undefined) !== undefined) this.attempt();
      },
      true,
    );
  }

  async #run(): Promise<void> {
    const own = new AbortController();
    const notes = new Notes();
    this.#running.add(own);
    try {
      const response = await this.#call.once(notes.around(this.#call.channelCall, own.signal));
      this.#running.delete(own);
      if (this.#settled) return;
      notes.tell(this.#call.channelCall);
      this.#settle();
      this.#resolve(response);
    } catch (reason) {
      this.#running.delete(own);
      if (!this.#settled) await this.#failed(MicroError.from(reason, CLIENT_ID));
    }
  }

  async #failed(error: MicroError): Promise<void> {
    const { attempts, channelCall, clock } = this.#call;
    if (!mayRetry(error, channelCall.method)) return this.#fail(attempts.failure(error));
    if (this.#pausing) return;
    const pauseMs = attempts.repetition(error);
    if (pauseMs === undefined) {
      if (this.#running.size === 0) this.#fail(markGivenUp(attempts.failure(error)));
      return;
    }
    // A peer that asks for a pause gets it; else there is nothing to wait for, other nodes are as good as any.
    if (error.retryAfterMs !== undefined) {
      this.#pausing = true;
      try {
        await pause(pauseMs, channelCall, clock);
      } catch {
        return this.#fail(attempts.failure(error));
      } finally {
        this.#pausing = false;
      }
    }
    if (!this.#settled) this.attempt();
  }

  #fail(error: MicroError): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#stopTimer?.();
    if (this.#running.size === 0) return;
    const late = new MicroError({ id: CLIENT_ID, code: 499, detail: "the call is over" });
    for (const other of this.#running) other.abort(late);
  }
}

/** Header and trailer of one attempt, told to the caller when it is the one that counts. */
class Notes {
  #header: Metadata | undefined;
  #trailer: Metadata | undefined;

  around(call: ChannelCall<unknown, unknown>, own: AbortSignal): ChannelCall<unknown, unknown> {
    return {
      ...call,
      signal: call.signal === undefined ? own : AbortSignal.any([call.signal, own]),
      onHeader: (header) => {
        this.#header = header;
      },
      onTrailer: (trailer) => {
        this.#trailer = trailer;
      },
    };
  }

  tell(call: ChannelCall<unknown, unknown>): void {
    if (this.#header !== undefined) call.onHeader?.(this.#header);
    if (this.#trailer !== undefined) call.onTrailer?.(this.#trailer);
  }
}
