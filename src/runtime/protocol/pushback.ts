import type { MicroError } from "../errors/index.ts";
import type { HeaderBlock } from "../http2/index.ts";

const PUSHBACK = "grpc-retry-pushback-ms";

/**
 * When the caller may come again, as headers or trailers: gRPC's `grpc-retry-pushback-ms` (proposal A6), -1 for never.
 * `forHttp` adds `Retry-After` in whole seconds, which HTTP clients and proxies know.
 */
export function pushbackHeaders({ retryAfterMs }: MicroError, forHttp: boolean): HeaderBlock {
  if (retryAfterMs === undefined) return {};
  if (!(retryAfterMs >= 0)) return { [PUSHBACK]: "-1" };
  const headers: HeaderBlock = { [PUSHBACK]: String(Math.min(MAX_PUSHBACK_MS, Math.ceil(retryAfterMs))) };
  if (forHttp) headers["retry-after"] = String(Math.ceil(retryAfterMs / 1000));
  return headers;
}

/** What nobody waits for anyway: peers may send any number. */
const MAX_PUSHBACK_MS = 3_600_000;

/** Notes on an error of a peer when it said to come again. Text that is no number means never, as proposal A6 asks. */
export function withPushback(error: MicroError, headers: HeaderBlock): MicroError {
  const pushback = headers[PUSHBACK];
  const retryAfter = headers["retry-after"];
  if (pushback !== undefined) {
    const text = String(pushback);
    error.retryAfterMs = /^\d{1,15}$/.test(text) ? Math.min(MAX_PUSHBACK_MS, Number(text)) : -1;
  } else if (typeof retryAfter === "string" && /^\d{1,15}$/.test(retryAfter)) {
    // The other form, a date, depends on two clocks being the same.
    error.retryAfterMs = Math.min(MAX_PUSHBACK_MS, Number(retryAfter) * 1000);
  }
  return error;
}
