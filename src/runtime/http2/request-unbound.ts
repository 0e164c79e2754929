import { AsyncResource } from "node:async_hooks";
import type { ClientHttp2Session, ClientHttp2Stream, ClientSessionRequestOptions } from "node:http2";
import type { HeaderBlock } from "./engine.ts";

/** Node 20 gives every bound function a deprecated property, at ten times the price of the binding. */
const BINDING_IS_DEAR = Object.hasOwn(
  AsyncResource.bind(() => {}),
  "asyncResource",
);
/** What `request` binds, as JavaScript names a function that was bound already. */
const BOUND_BY_REQUEST = "bound requestOnConnect";

/**
 * `session.request` on a connected session. There it binds a function to an AsyncResource only to call it at once, in the
 * very context it was bound to; on Node 20 that takes a third of the CPU time a whole call costs its client. So it gets the
 * function unbound there. Nothing else does: the method of AsyncResource is ours for the time of this one synchronous call,
 * and serves every other function as ever.
 */
export function requestUnbound(
  session: ClientHttp2Session,
  headers: HeaderBlock,
  options: ClientSessionRequestOptions,
): ClientHttp2Stream {
  if (!BINDING_IS_DEAR || session.connecting) return session.request(headers, options);
  const { prototype } = AsyncResource;
  const { bind } = prototype;
  prototype.bind = function (this: AsyncResource, ...args: unknown[]) {
    const [work] = args as [() => void];
    return work.name === BOUND_BY_REQUEST ? work : Reflect.apply(bind, this, args);
  } as typeof bind;
  try {
    return session.request(headers, options);
  } finally {
    prototype.bind = bind;
  }
}
