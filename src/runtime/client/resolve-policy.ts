import { badRequest } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { CLIENT_ID } from "../protocol/index.ts";
import type { CallPolicy, ClientPolicy } from "./policy.ts";
import { isIdempotent, RETRIES } from "./retry.ts";

/** What counts for one call. */
export interface ResolvedPolicy {
  /** Undefined: neither the call nor its method said so. */
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly hedgeAfterMs: number | undefined;
}

/** The nearest word counts: the call's, its method's, its proto service's, the client's, the default. */
export function createPolicies(
  client: ClientPolicy,
): (path: string, method: AnyMethod, call: CallPolicy) => ResolvedPolicy {
  const methods = new Map(Object.entries(client.methods ?? {}));
  const retries = client.retries ?? RETRIES;
  const plain: ResolvedPolicy = { timeoutMs: undefined, retries, hedgeAfterMs: undefined };
  const isPlain = methods.size === 0 && client.hedgeAfterMs === undefined;
  return (path, method, call) => {
    const { timeoutMs: ownMs, retries: ownRetries, hedgeAfterMs: ownHedge } = call;
    if (isPlain && ownMs === undefined && ownRetries === undefined && ownHedge === undefined) return plain;
    const one = methods.size === 0 ? undefined : methods.get(path);
    const all = methods.size === 0 ? undefined : methods.get(path.slice(0, path.lastIndexOf("/")));
    const timeoutMs = call.timeoutMs ?? one?.timeoutMs ?? all?.timeoutMs;
    if (timeoutMs !== undefined && (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs)))
      throw badRequest(CLIENT_ID, `timeoutMs of ${path}: ${String(timeoutMs)} is no number`);
    const own = call.hedgeAfterMs ?? one?.hedgeAfterMs;
    const wanted = own ?? all?.hedgeAfterMs ?? client.hedgeAfterMs;
    if (own !== undefined && !isIdempotent(method)) {
      const detail = `hedgeAfterMs of ${path}: its schema does not say that it may be called twice (option idempotency_level)`;
      throw badRequest(CLIENT_ID, detail);
    }
    return {
      timeoutMs,
      retries: call.retries ?? one?.retries ?? all?.retries ?? retries,
      hedgeAfterMs: wanted !== undefined && isIdempotent(method) ? wanted : undefined,
    };
  };
}
