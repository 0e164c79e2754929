import { MicroError, notImplemented } from "../../errors/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import { type Clock, systemClock } from "../../registry/index.ts";
import { abandon } from "../abandon.ts";
import { CLIENT_ID, requestsFailed } from "../cancel-reason.ts";
import type { Channel, ChannelCall, UnaryWaiter } from "../channel.ts";
import type { Dispatcher, Route } from "../dispatcher.ts";
import { LoopTurns } from "../loop-turns.ts";
import { Deadlines } from "./deadlines.ts";
import { type Callee, DirectCall } from "./direct-call.ts";

/**
 * Calls a server of the same process without a wire. Messages are copied on the way in and out, so neither side can
 * change what the other holds; deadline, cancelling and errors behave as on a wire.
 */
export function createDirectChannel(dispatcher: Dispatcher, clock: Clock = systemClock): Channel {
  const callee: Callee = { dispatcher, clock, deadlines: new Deadlines(clock) };
  return {
    closed: false,
    unary: (call, request) =>
      new Promise((resolve, reject) => {
        unary(callee, call, request, { resolve, reject });
      }),
    unaryTo: (call, request, waiter) => unary(callee, call, request, waiter),
    stream: (call, requests) => stream(callee, call, requests),
    async close() {},
  };
}

/** Throws, or tells the waiter. */
function unary<I, O>(
  callee: Callee,
  call: ChannelCall<I, O>,
  request: MessageInit<I>,
  waiter: UnaryWaiter<O>,
): void {
  const running = new DirectCall(callee, call);
  const fail = (reason: unknown): void => {
    running.end();
    if (!running.isOver) waiter.reject(running.errorOf(reason));
  };
  const succeed = (reply: unknown): void => {
    if (running.isOver) {
      running.end();
      return;
    }
    let response: O;
    try {
      running.sendHeader();
      response = running.response(reply);
      running.sendTrailer();
    } catch (reason) {
      fail(reason);
      return;
    }
    running.end();
    waiter.resolve(response);
  };
  running.onCancelled = (reason) => waiter.reject(running.errorOf(reason));
  try {
    if (running.route.method.kind !== "unary") throw wrongKind(call, running.route);
    const asked = running.request(request);
    running.isHandled = true;
    running.route.unary(asked, running.context).then(succeed, fail);
  } catch (reason) {
    fail(reason);
  }
}

async function* stream<I, O>(
  callee: Callee,
  call: ChannelCall<I, O>,
  requests: AsyncIterable<MessageInit<I>>,
): AsyncGenerator<O> {
  const running = new DirectCall(callee, call);
  let replies: AsyncIterator<unknown> | undefined;
  let next: Promise<IteratorResult<unknown>> | undefined;
  let finished = false;
  let headerSent = false;
  const turns = new LoopTurns(callee.clock.now);
  try {
    if (running.route.method.kind === "unary") throw wrongKind(call, running.route);
    running.isHandled = true;
    // Whoever reads the answers may never come back for the reason: the handler is not theirs to end.
    running.onCancelled = () => void Promise.allSettled([next, abandon(replies)]).then(() => running.end());
    replies = running.route
      .stream(copiedRequests(running, requests, new LoopTurns(callee.clock.now)), running.context)
      [Symbol.asyncIterator]();
    for (;;) {
      next = replies.next();
      const { done, value } = await running.within(next);
      if (!headerSent) running.sendHeader();
      headerSent = true;
      if (done === true) break;
      yield running.response(value);
      const turn = turns.next();
      if (turn !== undefined) await turn;
    }
    finished = true;
    running.sendTrailer();
  } catch (reason) {
    throw running.errorOf(reason);
  } finally {
    if (finished) running.end();
    else running.cancel(new MicroError({ id: CLIENT_ID, code: 499, detail: "call was cancelled" }));
  }
}

/** The caller's messages, copied; reading stops when the call is ended from outside. */
async function* copiedRequests<I, O>(
  running: DirectCall<I, O>,
  requests: AsyncIterable<MessageInit<I>>,
  turns: LoopTurns,
): AsyncGenerator<unknown> {
  const iterator = requests[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = (async () => iterator.next())().catch((cause: unknown) => {
        finished = true;
        const error = requestsFailed(cause);
        running.cancel(error);
        throw error;
      });
      const { done, value } = await running.within(next);
      finished = done === true;
      if (finished) return;
      yield running.request(value as MessageInit<I>);
      const turn = turns.next();
      if (turn !== undefined) await turn;
    }
  } finally {
    if (!finished) abandon(iterator);
  }
}

function wrongKind<I, O>(call: ChannelCall<I, O>, route: Route): MicroError {
  return notImplemented(
    CLIENT_ID,
    `${call.path} is ${route.method.kind}, it was called as ${call.method.kind}`,
  );
}
