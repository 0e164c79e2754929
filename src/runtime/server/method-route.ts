import { CallContext, type Context, callInContext } from "../context/index.ts";
import { notImplemented, timeout } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import type { Route } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import type { ServerCall, ServerInterceptor } from "./server.ts";

/** What a handler offers for a method, already bound to its object. */
export type BoundHandler = (request: unknown, context: Context) => unknown;

/** How long a unary handler may work for a caller that sets no deadline, or one that is further away. */
export interface HandlerLimit {
  readonly maxMs: number;
  readonly clock: Clock;
  /** For error ids. */
  readonly serviceName: string;
}

/**
 * Whether a deadline leaves a handler no longer than it may take. Asked for every call, so the clock is read anew only when
 * an old reading does not settle it: what was near enough then is near enough now.
 */
function createIsNear({ maxMs, clock }: HandlerLimit): (deadline: number | undefined) => boolean {
  let seenMs = Number.NEGATIVE_INFINITY;
  return (deadline) => {
    if (deadline === undefined) return false;
    if (deadline - seenMs <= maxMs) return true;
    seenMs = clock.epochMs();
    return deadline - seenMs <= maxMs;
  };
}

/**
 * A method with its interceptors composed around it, once and for all calls. The first listed is outermost. Without
 * interceptors a call goes straight to the handler.
 */
export function createRoute(
  method: AnyMethod,
  handler: BoundHandler,
  interceptors: readonly ServerInterceptor[],
  limit: HandlerLimit,
): Route {
  const invoke: BoundHandler =
    interceptors.length === 0 ? handler : intercepted(method, handler, interceptors);
  const isNear = createIsNear(limit);
  const takesStream = method.kind === "clientStream" || method.kind === "bidiStream";
  const givesStream = method.kind === "serverStream" || method.kind === "bidiStream";
  return {
    method,
    path: `${method.service}/${method.name}`,
    unary(request, context) {
      try {
        const work = Promise.resolve(callInContext(context, invoke, request, context));
        return isNear(context.deadline) ? work : within(limit, work, context);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    stream(requests, context) {
      return {
        [Symbol.asyncIterator]: () =>
          new ContextIterator(context, () =>
            replies(takesStream, givesStream, invoke, method, requests, context),
          ),
      };
    },
  };
}

/** Peers may claim any deadline, or none; nobody waits so long. */
function within(
  { clock, maxMs, serviceName }: HandlerLimit,
  work: Promise<unknown>,
  context: Context,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.after(maxMs, () => {
      const error = timeout(serviceName, `${context.method} took longer than ${maxMs} ms (maxHandlerMs)`);
      if (context instanceof CallContext) context.cancel(error);
      reject(error);
    });
    work.then(resolve, reject).finally(stopTimer);
  });
}

function intercepted(
  method: AnyMethod,
  handler: BoundHandler,
  interceptors: readonly ServerInterceptor[],
): BoundHandler {
  let next = async (call: ServerCall): Promise<unknown> => handler(call.request, call.context);
  for (const interceptor of interceptors.toReversed()) next = interceptor(next);
  return (request, context) => next({ method, context, request });
}

async function* replies(
  takesStream: boolean,
  givesStream: boolean,
  invoke: BoundHandler,
  method: AnyMethod,
  requests: AsyncIterable<unknown>,
  context: Context,
): AsyncGenerator<unknown> {
  const request = takesStream ? requests : await onlyMessage(requests, method);
  // An interceptor makes this a promise; a bare streaming handler gives its iterable at once.
  const result = await invoke(request, context);
  if (givesStream) yield* result as AsyncIterable<unknown>;
  else yield result;
}

async function onlyMessage(requests: AsyncIterable<unknown>, method: AnyMethod): Promise<unknown> {
  // Takes the first and leaves the iterator open: who never half-closes must not be waited for.
  const { done, value } = await requests[Symbol.asyncIterator]().next();
  // UNIMPLEMENTED is what gRPC asks for when the number of requests is wrong.
  if (done === true) throw notImplemented(method.service, "the request message is missing");
  return value;
}

/** Runs every step of a handler's generator in the call's context: a generator body runs in that of its caller. */
class ContextIterator implements AsyncIterator<unknown> {
  readonly #context: Context;
  readonly #next: () => Promise<IteratorResult<unknown>>;
  readonly #return: () => Promise<IteratorResult<unknown>>;

  constructor(context: Context, start: () => AsyncGenerator<unknown>) {
    this.#context = context;
    const iterator = start();
    this.#next = () => iterator.next();
    this.#return = () => iterator.return(undefined);
  }

  next(): Promise<IteratorResult<unknown>> {
    return callInContext(this.#context, this.#next);
  }

  return(): Promise<IteratorResult<unknown>> {
    return callInContext(this.#context, this.#return);
  }
}
