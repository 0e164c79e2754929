import { isPlainText } from "../plain-text.ts";
import type { Service } from "../service.ts";
import type { Directory } from "./directory.ts";
import { DNS_TYPES } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { type Lookup, startLookup } from "./lookup.ts";
import { instanceId, LIST_SERVICE, serviceAddress } from "./names.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { HeardInstance } from "./node-records.ts";
import type { ReadingBudget } from "./reading-budget.ts";
import type { Responder } from "./responder.ts";
import { toRecord } from "./to-record.ts";

const MAX_NODES = 1_000;
const MAX_SERVICES = 10_000;

export interface FinderInit {
  readonly domain: string;
  readonly timeoutMs: number;
  readonly responder: Responder;
  readonly directory: Directory;
  readonly send: (packet: Buffer) => Promise<void>;
  readonly neighbourhood: () => Neighbourhood;
  readonly budget: ReadingBudget;
}

/** Asks the link who is there. */
export interface Finder {
  /** One-node records of a service, our own among them. */
  findNodes(service: string, signal: AbortSignal | undefined): Promise<Service[]>;
  /** Names of all services. */
  findServices(signal: AbortSignal | undefined): Promise<string[]>;
  /** To be called with whatever a response speaks of. */
  hear(instance: HeardInstance, sender: string): void;
  /** Ends all questions with `reason`. */
  stop(reason: unknown): void;
}

export function createFinder(init: FinderInit): Finder {
  const { domain, timeoutMs, responder, directory, send, neighbourhood, budget } = init;
  const offers = new Map<Lookup, (instance: HeardInstance, sender: string) => boolean>();

  /** `offer` says whether what it was given is news. */
  const ask = async (
    question: string,
    offer: (instance: HeardInstance, sender: string) => boolean,
    isComplete: () => boolean,
    signal: AbortSignal | undefined,
  ) => {
    const lookup = startLookup({ question, timeoutMs, signal, send, isComplete });
    offers.set(lookup, offer);
    await lookup.done.finally(() => offers.delete(lookup));
  };

  /** For a node that was named without its records. */
  const askForNode = (name: string) => {
    const question = { name, type: DNS_TYPES.ANY, wantsUnicast: false };
    send(encodeMessage({ questions: [question] })).catch(() => {
      // The lookup itself finds out that nothing can be sent.
    });
  };

  return {
    async findNodes(service, signal) {
      const suffix = `.${service}.${domain}`;
      const found = new Map<string, { record: Service; isLocal: boolean }>();
      for (const record of responder.recordsOf(service))
        found.set(`${record.nodes[0]!.id}${suffix}`, { record, isLocal: true });
      const expected = directory.expected(suffix);
      const followed = new Set<string>();
      const offer = (instance: HeardInstance, sender: string): boolean => {
        if (!instance.name.endsWith(suffix) || instance.ttlSeconds === 0) return false;
        const isLocal = neighbourhood().isLocal(sender);
        const known = found.get(instance.name);
        // Whoever answers first is believed, but about this machine nobody knows better than it does.
        if (known !== undefined && (known.isLocal || !isLocal)) return false;
        if (found.size >= MAX_NODES) return false;
        if (instance.text === undefined || instance.addresses.length === 0) {
          if (!followed.has(instance.name) && followed.size < MAX_NODES) askForNode(instance.name);
          followed.add(instance.name);
          return false;
        }
        const record = toRecord(instance, sender, neighbourhood(), domain, budget);
        if (record?.name !== service) return false;
        found.set(instance.name, { record, isLocal });
        return true;
      };
      const isComplete = () => found.size > 0 && expected.every((name) => found.has(name));
      await ask(serviceAddress(service, domain), offer, isComplete, signal);
      directory.silent(expected.filter((name) => !found.has(name)));
      return [...found.values()].map(({ record }) => record);
    },

    async findServices(signal) {
      const names = new Set<string>(responder.serviceNames());
      const offer = (instance: HeardInstance): boolean => {
        const name = instanceId(instance.name, LIST_SERVICE, domain);
        if (name === undefined || !isPlainText(name) || instance.ttlSeconds === 0 || names.has(name))
          return false;
        if (names.size >= MAX_SERVICES) return false;
        names.add(name);
        return true;
      };
      await ask(serviceAddress(LIST_SERVICE, domain), offer, () => names.size > 0, signal);
      return [...names].sort();
    },

    hear(instance, sender) {
      for (const [lookup, offer] of offers) if (offer(instance, sender)) lookup.heard();
    },

    stop(reason) {
      for (const lookup of [...offers.keys()]) lookup.stop(reason);
    },
  };
}
