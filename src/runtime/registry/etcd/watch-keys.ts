import { type Clock, pause } from "../clock.ts";
import type { EventQueue } from "../event-queue.ts";
import type { RegistryEvent } from "../registry.ts";
import type { Gateway } from "./gateway.ts";
import { fromValue, prefixRange } from "./keys.ts";

const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 30_000;

export interface WatchKeysInit {
  readonly gateway: Gateway;
  readonly prefix: string;
  readonly queue: EventQueue;
  readonly clock: Clock;
  /** How long etcd may take to confirm a watch. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Feeds a watcher from etcd until `signal` aborts. A watch that is cut, cancelled or was never made is made again, after
 * pauses that grow from 250 ms to 30 s, and followed by `reset`; so history that etcd compacted away is never needed.
 * Resolves when the first watch stands or has failed.
 */
export function watchKeys(init: WatchKeysInit): Promise<void> {
  const { queue, clock, signal } = init;
  return new Promise((resolve) => {
    const run = async () => {
      let isFirst = true;
      let pauseMs = RETRY_FIRST_MS;
      const stands = () => {
        if (!isFirst) queue.push({ action: "reset" });
        pauseMs = RETRY_FIRST_MS;
        resolve();
      };
      while (!signal.aborted) {
        await watchOnce(init, stands);
        isFirst = false;
        resolve();
        await pause(clock, pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
      }
      resolve();
    };
    void run();
  });
}

/** Resolves when the watch is over, for whatever reason: all are answered by watching again. */
async function watchOnce({ gateway, prefix, queue, timeoutMs, signal }: WatchKeysInit, stands: () => void) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), timeoutMs);
  timer.unref();
  try {
    const request = { create_request: { ...prefixRange(prefix), prev_kv: true } };
    for await (const answer of gateway.stream("/watch", request, AbortSignal.any([signal, giveUp.signal]))) {
      if (answer.canceled === true) return;
      if (answer.created === true) {
        clearTimeout(timer);
        stands();
      }
      for (const event of Array.isArray(answer.events) ? answer.events : []) {
        const change = toChange(event as WatchEvent);
        if (change !== undefined) queue.push(change);
      }
    }
  } catch {
    // The watcher learns of it by the reset that follows; whoever asks meanwhile gets the error itself.
  } finally {
    clearTimeout(timer);
    giveUp.abort();
  }
}

/** etcd's event: a missing type is PUT, numbers are strings. */
interface WatchEvent {
  readonly type?: string;
  readonly kv?: {
    readonly create_revision?: string;
    readonly mod_revision?: string;
    readonly value?: string;
  };
  readonly prev_kv?: { readonly value?: string };
}

function toChange({ type, kv, prev_kv }: WatchEvent): RegistryEvent | undefined {
  const isDelete = type === "DELETE";
  const service = fromValue(isDelete ? prev_kv?.value : kv?.value);
  if (service === undefined) return undefined;
  if (isDelete) return { action: "delete", service };
  if (kv?.create_revision === kv?.mod_revision) return { action: "create", service };
  // A new lease under the same record is a renewal.
  return kv?.value === prev_kv?.value ? undefined : { action: "update", service };
}
