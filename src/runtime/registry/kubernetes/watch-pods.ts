import { type Clock, pause } from "../clock.ts";
import { sameRecord, splitRecord } from "../records.ts";
import type { RegistryEvent } from "../registry.ts";
import type { Service } from "../service.ts";
import type { Api } from "./api.ts";
import { type Pod, recordsOf } from "./pod.ts";

const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 30_000;

export interface WatchPodsInit {
  readonly api: Api;
  readonly selector: string;
  /** Only of this service; undefined: of all. */
  readonly name: string | undefined;
  readonly emit: (event: RegistryEvent) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Tells the changes of pods until `signal` aborts. A watch that ends, as Kubernetes' do after some minutes, begins again
 * with a list; what changed in between is told like any other change, and `reset` where the server was away. Resolves when
 * the first watch stands or has failed.
 */
export function watchPods({ api, selector, name, emit, clock, signal }: WatchPodsInit): Promise<void> {
  /** Pod -> node id -> what was told of it last. */
  const known = new Map<string, Map<string, Service>>();

  function tell(pod: string, records: readonly Service[], isQuiet: boolean): void {
    const before = known.get(pod) ?? new Map<string, Service>();
    const now = new Map<string, Service>();
    for (const record of records.flatMap(splitRecord))
      if (name === undefined || record.name === name)
        now.set(`${record.name} ${record.nodes[0]!.id}`, record);
    if (now.size === 0) known.delete(pod);
    else known.set(pod, now);
    if (isQuiet) return;
    for (const [key, record] of before) if (!now.has(key)) emit({ action: "delete", service: record });
    for (const [key, record] of now) {
      const old = before.get(key);
      if (old === undefined) emit({ action: "create", service: record });
      else if (!sameRecord(old, record)) emit({ action: "update", service: record });
    }
  }

  async function watchOnce(isFirst: boolean, stands: () => void): Promise<void> {
    const { pods, resourceVersion } = await api.listPods(selector, signal);
    const present = new Set(pods.map((pod: Pod) => pod.name));
    for (const pod of known.keys()) if (!present.has(pod)) tell(pod, [], isFirst);
    for (const pod of pods) tell(pod.name, recordsOf(pod), isFirst);
    const events = api.watchPods(selector, resourceVersion, signal);
    stands();
    for await (const { type, pod } of events) {
      if (type === "DELETED") tell(pod.name, [], false);
      else if (type === "ADDED" || type === "MODIFIED") tell(pod.name, recordsOf(pod), false);
    }
  }

  return new Promise((resolve) => {
    void (async () => {
      let isFirst = true;
      let wasAway = false;
      let pauseMs = RETRY_FIRST_MS;
      while (!signal.aborted) {
        try {
          await watchOnce(isFirst, () => {
            isFirst = false;
            if (wasAway) emit({ action: "reset" });
            wasAway = false;
            pauseMs = RETRY_FIRST_MS;
            resolve();
          });
        } catch {
          wasAway = true; // whoever asks meanwhile gets the error itself
        }
        resolve();
        await pause(clock, pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
      }
    })();
  });
}
