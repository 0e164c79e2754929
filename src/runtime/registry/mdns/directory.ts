import type { Clock } from "../clock.ts";
import type { RegistryEvent } from "../registry.ts";
import type { Service } from "../service.ts";

// Remembered to tell what is new from what is repeated; the oldest are forgotten first.
const MAX_INSTANCES = 10_000;
const MAX_SOURCES = 8;
// What go-micro gives its records to live.
const LIFE_MS = 120_000;

/** A node somebody spoke of, judged and found believable. */
export interface Sighting {
  /** The name of its records. */
  readonly name: string;
  /** `local` for this machine, else the sender's address. */
  readonly source: string;
  /** The sender is where the node is, or is this machine. */
  readonly isFirstHand: boolean;
  /** Differs when port, address, endpoints or metadata do. */
  readonly digest: string;
  /** One-node record; read only when it is news. */
  readonly record: () => Service | undefined;
}

/**
 * What has been heard on the link, so that of three equal announcements on three interfaces the first is an event, and
 * so that only who introduced a node may change it or say goodbye for it. Others may after two minutes of silence.
 */
export interface Directory {
  /** `create`, `update`, or nothing new. */
  heard(sighting: Sighting): RegistryEvent | undefined;
  /** `delete`, when the sender may say so. */
  goodbye(sighting: Sighting): RegistryEvent | undefined;
  /** Names of the instances that should answer a question now: `.<service>.<domain>` is their end. */
  expected(suffix: string): string[];
  /** These did not answer, asked four times: they are no longer waited for until they speak again. */
  silent(names: readonly string[]): void;
  clear(): void;
}

interface Entry {
  digest: string;
  readonly sources: Set<string>;
  lastHeard: number;
  /** `gone`: said goodbye, so that its second one is no news. */
  state: "present" | "silent" | "gone";
  /** Without endpoints: ten thousand of them must stay small. */
  slim: Service;
}

export function createDirectory(clock: Clock): Directory {
  const entries = new Map<string, Entry>();

  const remember = (sighting: Sighting, record: Service): Entry => {
    entries.delete(sighting.name);
    if (entries.size >= MAX_INSTANCES) entries.delete(entries.keys().next().value as string);
    const entry: Entry = {
      digest: sighting.digest,
      sources: new Set([sighting.source]),
      lastHeard: clock.now(),
      state: "present",
      slim: { ...record, endpoints: [] },
    };
    entries.set(sighting.name, entry);
    return entry;
  };

  return {
    heard(sighting) {
      const entry = entries.get(sighting.name);
      if (entry === undefined || entry.state === "gone") {
        const service = sighting.record();
        if (service === undefined) return undefined;
        remember(sighting, service);
        return { action: "create", service };
      }
      const isOurs = entry.sources.has(sighting.source);
      const same = entry.digest === sighting.digest;
      if (same) {
        if (isOurs || entry.sources.size < MAX_SOURCES) entry.sources.add(sighting.source);
        if (isOurs) {
          entry.lastHeard = clock.now();
          entry.state = "present";
        }
        return undefined;
      }
      if (!isOurs && sighting.source !== "local" && clock.now() - entry.lastHeard < LIFE_MS) return undefined;
      const service = sighting.record();
      if (service === undefined) return undefined;
      if (isOurs) {
        entry.digest = sighting.digest;
        entry.lastHeard = clock.now();
        entry.state = "present";
        entry.slim = { ...service, endpoints: [] };
      } else remember(sighting, service);
      return { action: "update", service };
    },

    goodbye(sighting) {
      const entry = entries.get(sighting.name);
      if (entry === undefined) {
        const service = sighting.isFirstHand ? sighting.record() : undefined;
        if (service === undefined) return undefined;
        remember(sighting, service).state = "gone";
        return { action: "delete", service };
      }
      if (entry.state === "gone" || !entry.sources.has(sighting.source)) return undefined;
      entry.state = "gone";
      return { action: "delete", service: structuredClone(entry.slim) };
    },

    expected(suffix) {
      const names: string[] = [];
      for (const [name, { state }] of entries)
        if (state === "present" && name.endsWith(suffix)) names.push(name);
      return names;
    },
    silent(names) {
      for (const name of names) {
        const entry = entries.get(name);
        if (entry?.state === "present") entry.state = "silent";
      }
    },
    clear: () => entries.clear(),
  };
}
