import { MicroError } from "../errors/index.ts";
import { CLIENT_ID } from "../protocol/index.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import { type CallPlan, channelCallOf, failureOf, targetOf } from "./call-plan.ts";
import type { ClientCall } from "./client.ts";

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
