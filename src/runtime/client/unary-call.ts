import type { MicroError } from "../errors/index.ts";
import type { ChannelCall, UnaryWaiter } from "../protocol/index.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import { type CallPlan, channelCallOf, failureOf, targetOf } from "./call-plan.ts";
import type { Callee } from "./callee.ts";
import type { ClientCall } from "./client.ts";
import { hedged } from "./hedged.ts";

/** A unary call: attempts until one succeeds or none is allowed any more. */
export function callUnary(plan: CallPlan, call: ClientCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    new UnaryCall(plan, call, resolve, reject).start();
  });
}

/**
 * One object and one promise for the whole call, as long as nothing goes wrong: an async function would make a promise per
 * step, for each of which Node 20 asks whoever follows contexts.
 */
class UnaryCall implements UnaryWaiter<unknown> {
  readonly #plan: CallPlan;
  readonly #call: ClientCall;
  readonly #callee: Callee;
  readonly #attempts: Attempts;
  readonly #channelCall: ChannelCall<unknown, unknown>;
  readonly #resolve: (response: unknown) => void;
  readonly #reject: (error: MicroError) => void;
  #attempt: Attempt | undefined = undefined;
  #era = 0;

  /** Throws MicroError for more metadata than any wire takes. */
  constructor(
    plan: CallPlan,
    call: ClientCall,
    resolve: (response: unknown) => void,
    reject: (error: MicroError) => void,
  ) {
    this.#plan = plan;
    this.#call = call;
    this.#callee = plan.callees.of(call.service);
    this.#attempts = new Attempts(plan.reach, targetOf(plan, call, this.#callee), call);
    this.#channelCall = channelCallOf(plan, call);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Throws MicroError when the callee is not to be called now. */
  start(): void {
    this.#era = this.#callee.enter();
    const { hedgeAfterMs, reach } = this.#plan;
    if (hedgeAfterMs === undefined) {
      this.#next();
      return;
    }
    const [call, attempts, channelCall] = [this.#call, this.#attempts, this.#channelCall];
    hedged({
      attempts,
      clock: reach.clock,
      hedgeAfterMs,
      channelCall,
      once: (one) => once(call, attempts, one),
    }).then(
      (response) => this.#succeed(response),
      (error) => this.#fail(error),
    );
  }

  #next(): void {
    this.#attempt = undefined;
    try {
      const next = this.#attempts.next();
      if (!(next instanceof Promise)) this.#begin(next);
      else
        next.then(
          (attempt) => this.#begin(attempt),
          (reason) => this.reject(reason),
        );
    } catch (reason) {
      this.reject(reason);
    }
  }

  #begin(attempt: Attempt): void {
    this.#attempt = attempt;
    const { channel } = attempt;
    const { request } = this.#call;
    try {
      if (channel.unaryTo !== undefined) channel.unaryTo(this.#channelCall, request, this);
      else
        channel.unary(this.#channelCall, request).then(
          (response) => this.resolve(response),
          (reason) => this.reject(reason),
        );
    } catch (reason) {
      this.reject(reason);
    }
  }

  /** The attempt succeeded. */
  resolve(response: unknown): void {
    this.#attempt?.done(undefined);
    this.#succeed(response);
  }

  /** The attempt failed; the next may fare better. */
  reject(reason: unknown): void {
    const attempt = this.#attempt;
    const error = failureOf(reason, attempt, this.#call.service);
    attempt?.done(error);
    this.#attempts.again(error).then(
      () => this.#next(),
      (failure) => this.#fail(failure),
    );
  }

  #succeed(response: unknown): void {
    this.#callee.leave(this.#era);
    this.#resolve(response);
  }

  #fail(error: MicroError): void {
    this.#callee.leave(this.#era, error);
    this.#reject(error);
  }
}

/** One attempt that may run beside others, so no other takes the same node; one that reaches nobody goes on to the next. */
async function once(
  call: ClientCall,
  attempts: Attempts,
  channelCall: ChannelCall<unknown, unknown>,
): Promise<unknown> {
  for (;;) {
    let attempt: Attempt | undefined;
    try {
      attempt = await attempts.next();
      attempts.passOver();
      const response = await attempt.channel.unary(channelCall, call.request);
      attempt.done(undefined);
      return response;
    } catch (reason) {
      const error = failureOf(reason, attempt, call.service);
      attempt?.done(error);
      if (!attempts.skips(error)) throw error;
    }
  }
}
