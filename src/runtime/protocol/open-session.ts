import { unavailable } from "../errors/index.ts";
import { connectHttp1 } from "../http1/index.ts";
import type { ClientSession, EngineLimits, Http2Engine } from "../http2/index.ts";
import type { DialOptions, Transport } from "../transport/index.ts";
import { CLIENT_ID, errorOfAbort } from "./cancel-reason.ts";
import { markUnsent } from "./channel.ts";

/** How a client reaches nodes by HTTP. */
export interface HttpReach {
  readonly transport: Transport;
  readonly engine: Http2Engine;
  readonly limits?: EngineLimits | undefined;
  /** HTTP/1.1: idle connections kept per node. Default 100. */
  readonly poolSize?: number | undefined;
}

/** Which HTTP a client speaks; both without a question before: nodes of ours know both on one port. */
export type HttpVersion = "1.1" | "2";

/** Rejects with an `unsent` MicroError 503 when the node cannot be reached. HTTP/1.1 dials with the first call. */
export async function openSession(
  reach: HttpReach,
  version: HttpVersion,
  address: string,
  dialOptions: DialOptions,
): Promise<ClientSession> {
  const { transport, engine, limits, poolSize } = reach;
  if (version === "1.1") {
    // A pool dials when it needs to: long after the call whose signal this was.
    const { signal: _, ...lasting } = dialOptions;
    const dial = () => transport.dial(address, { ...lasting, wire: "http/1.1" });
    return connectHttp1({ dial, poolSize });
  }
  try {
    const connection = await transport.dial(address, dialOptions);
    return await engine.connect(connection, address, { settingsTimeoutMs: dialOptions.timeoutMs, ...limits });
  } catch (cause) {
    if (dialOptions.signal?.aborted) throw markUnsent(errorOfAbort(dialOptions.signal.reason));
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = unavailable(CLIENT_ID, `cannot reach ${address}: ${reason}`);
    throw markUnsent(Object.assign(error, { cause }));
  }
}
