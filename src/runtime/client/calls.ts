import type { Codec } from "../codec/index.ts";
import { MicroError } from "../errors/index.ts";
import {
  type ChannelCall,
  CLIENT_ID,
  type Compression,
  checkMetadataSize,
  isNodeFailure,
  markMissingCallee,
  whileDoing,
} from "../protocol/index.ts";
import { type Attempt, Attempts, type Reach, type Target } from "./attempts.ts";
import type { Callee, Callees } from "./callee.ts";
import type { CallOptions, ClientCall } from "./client.ts";
import { hedged } from "./hedged.ts";

/** Everything that is fixed for all attempts of a call. */
export interface CallPlan {
  readonly reach: Reach;
  readonly callees: Callees;
  readonly options: CallOptions;
  /** Attempts after the first. */
  readonly retries: number;
  readonly path: string;
  readonly codec: Codec;
  readonly compression: Compression | undefined;
  readonly maxMessageBytes: number;
  readonly hedgeAfterMs: number | undefined;
  /** Until when a node has to be found and reached, for a stream without a deadline. */
  readonly connectDeadline: number | undefined;
}

/** A unary call: attempts until one succeeds or none is allowed any more. */
export async function callUnary(plan: CallPlan, call: ClientCall): Promise<unknown> {
  const { reach } = plan;
  const callee = plan.callees.of(call.service);
  const attempts = new Attempts(reach, targetOf(plan, call, callee), call);
  const channelCall = channelCallOf(plan, call);
  const era = callee.enter();
  let failure: MicroError | undefined;
  try {
    if (plan.hedgeAfterMs !== undefined) {
      return await hedged({
        attempts,
        clock: reach.clock,
        hedgeAfterMs: plan.hedgeAfterMs,
        channelCall,
        once: (one) => once(call, attempts, one),
      });
    }
    for (;;) {
      let attempt: Attempt | undefined;
      try {
        const next = attempts.next();
        attempt = next instanceof Promise ? await next : next;
        const response = await attempt.channel.unary(channelCall, call.request);
        attempt.done(undefined);
        return response;
      } catch (reason) {
        const error = failureOf(reason, attempt, call.service);
        attempt?.done(error);
        await attempts.again(error);
      }
    }
  } catch (error) {
    failure = error as MicroError;
    throw error;
  } finally {
    callee.leave(era, failure);
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

/**
 * A streaming call of any kind. Starts when first read. Another attempt is made only while the peer has certainly not
 * seen the call and no request was taken from the caller, so nothing is lost or doubled.
 */
export async function* callStream(plan: CallPlan, call: ClientCall): AsyncGenerator<unknown, void> {
  const callee = plan.callees.of(call.service);
  const limits = { deadline: call.deadline ?? plan.connectDeadline, signal: call.signal };
  const attempts = new Attempts(plan.reach, targetOf(plan, call, callee), limits);
  const channelCall = channelCallOf(plan, call);
  const requests = isIterable(call) ? new TrackedRequests(call.request as AsyncIterable<unknown>) : undefined;
  const era = callee.enter();
  let failure: MicroError | undefined;
  try {
    for (;;) {
      let attempt: Attempt | undefined;
      let begun = false;
      failure = undefined;
      try {
        attempt = await attempts.next();
        const responses = attempt.channel.stream(channelCall, requests ?? single(call.request));
        for await (const response of responses) {
          if (!begun) callee.answered(era);
          begun = true;
          yield response;
        }
        return;
      } catch (reason) {
        failure = failureOf(reason, attempt, call.service);
        if (begun || requests?.taken) throw failure;
      } finally {
        attempt?.done(failure);
      }
      await attempts.again(failure);
    }
  } finally {
    callee.leave(era, failure);
  }
}

function targetOf(plan: CallPlan, { service, method }: ClientCall, callee: Callee): Target {
  return { service, method, options: plan.options, retries: plan.retries, callee };
}

/** The error of a failed attempt; marked when no node was found or the one that was found is lost. */
function failureOf(reason: unknown, attempt: Attempt | undefined, service: string): MicroError {
  let error = MicroError.from(reason, CLIENT_ID);
  if (attempt !== undefined) error = whileDoing(error, `waiting for an answer of ${attempt.peer}`);
  if (attempt === undefined || isNodeFailure(error)) markMissingCallee(error, service);
  return error;
}

/** The one response of a client-streaming call. */
export async function onlyResponse(responses: AsyncIterable<unknown>, path: string): Promise<unknown> {
  let count = 0;
  let response: unknown;
  for await (const one of responses) {
    count += 1;
    response = one;
    if (count > 1) break;
  }
  if (count === 1) return response;
  const detail = `${path} answers with one message, ${count === 0 ? "none" : "more"} came`;
  throw new MicroError({ id: CLIENT_ID, code: 501, detail });
}

function channelCallOf(plan: CallPlan, call: ClientCall): ChannelCall<unknown, unknown> {
  const { metadata, method } = call;
  const { onHeader, onTrailer } = plan.options;
  checkMetadataSize(metadata, "metadata", CLIENT_ID);
  const channelCall: {
    -readonly [Key in keyof ChannelCall<unknown, unknown>]: ChannelCall<unknown, unknown>[Key];
  } = {
    path: plan.path,
    service: call.service,
    method,
    codec: plan.codec,
    metadata,
    deadline: call.deadline,
    signal: call.signal,
    maxMessageBytes: plan.maxMessageBytes,
    compression: plan.compression,
    useGet: plan.options.useGet,
  };
  if (onHeader !== undefined) channelCall.onHeader = onHeader.bind(plan.options);
  if (onTrailer !== undefined) channelCall.onTrailer = onTrailer.bind(plan.options);
  return channelCall;
}

function isIterable({ method }: ClientCall): boolean {
  return method.kind === "clientStream" || method.kind === "bidiStream";
}

/** One message as a stream that can be read again for another attempt. */
function single(message: unknown): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      yield message;
    },
  };
}

/** The caller's requests, remembering whether one was taken: those cannot be had twice. */
class TrackedRequests implements AsyncIterable<unknown> {
  taken = false;
  readonly #requests: AsyncIterable<unknown>;

  constructor(requests: AsyncIterable<unknown>) {
    this.#requests = requests;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    this.taken = true;
    return this.#requests[Symbol.asyncIterator]();
  }
}
