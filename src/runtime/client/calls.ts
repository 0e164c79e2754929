import type { Codec } from "../codec/index.ts";
import { MicroError } from "../errors/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import {
  type ChannelCall,
  CLIENT_ID,
  checkMetadataSize,
  isNodeFailure,
  markMissingCallee,
} from "../protocol/index.ts";
import { type Attempt, Attempts, type Reach } from "./attempts.ts";
import type { CallOptions, ClientCall } from "./client.ts";

/** Everything that is fixed for all attempts of a call. */
export interface CallPlan {
  readonly reach: Reach;
  readonly path: string;
  readonly codec: Codec;
  readonly options: CallOptions;
  readonly retries: number;
  readonly maxMessageBytes: number;
  /** Until when a node has to be found and reached, for a stream without a deadline. */
  readonly connectDeadline: number | undefined;
}

/** A unary call: attempts until one succeeds or none is allowed any more. */
export async function callUnary(plan: CallPlan, call: ClientCall): Promise<unknown> {
  const { reach, options } = plan;
  const attempts = new Attempts(reach, call.service, call.method, options, plan.retries, call);
  const channelCall = channelCallOf(plan, call.method, call.metadata, call);
  for (;;) {
    let attempt: Attempt | undefined;
    try {
      attempt = await attempts.next();
      const response = await attempt.channel.unary(channelCall, call.request);
      attempt.done(undefined);
      return response;
    } catch (reason) {
      const error = failureOf(reason, attempt, call.service);
      attempt?.done(error);
      await attempts.again(error);
    }
  }
}

/**
 * A streaming call of any kind. Starts when first read. Another attempt is made only while the peer has certainly not
 * seen the call and no request was taken from the caller, so nothing is lost or doubled.
 */
export async function* callStream(plan: CallPlan, call: ClientCall): AsyncGenerator<unknown, void> {
  const { reach, options } = plan;
  const limits = { deadline: call.deadline ?? plan.connectDeadline, signal: call.signal };
  const attempts = new Attempts(reach, call.service, call.method, options, plan.retries, limits);
  const channelCall = channelCallOf(plan, call.method, call.metadata, call);
  const requests = isIterable(call) ? new TrackedRequests(call.request as AsyncIterable<unknown>) : undefined;
  for (;;) {
    let attempt: Attempt | undefined;
    let failure: MicroError | undefined;
    let begun = false;
    try {
      attempt = await attempts.next();
      const responses = attempt.channel.stream(channelCall, requests ?? single(call.request));
      for await (const response of responses) {
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
}

/** The error of a failed attempt; marked when no node was found or the one that was found is lost. */
function failureOf(reason: unknown, attempt: Attempt | undefined, service: string): MicroError {
  const error = MicroError.from(reason, CLIENT_ID);
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

function channelCallOf(
  plan: CallPlan,
  method: AnyMethod,
  metadata: Metadata,
  limits: Pick<ClientCall, "deadline" | "signal">,
): ChannelCall<unknown, unknown> {
  const { onHeader, onTrailer } = plan.options;
  checkMetadataSize(metadata, "metadata", CLIENT_ID);
  return {
    path: plan.path,
    method,
    codec: plan.codec,
    metadata,
    deadline: limits.deadline,
    signal: limits.signal,
    maxMessageBytes: plan.maxMessageBytes,
    ...(onHeader === undefined ? {} : { onHeader: onHeader.bind(plan.options) }),
    ...(onTrailer === undefined ? {} : { onTrailer: onTrailer.bind(plan.options) }),
  };
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
