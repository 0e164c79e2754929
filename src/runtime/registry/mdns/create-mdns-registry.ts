import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { type MicroError, unavailable } from "../../errors/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { createEventQueue, type EventQueue } from "../event-queue.ts";
import { checkRecord, groupByVersion, splitRecord } from "../records.ts";
import type { Registry, RegistryEvent } from "../registry.ts";
import type { Service } from "../service.ts";
import { decodeMessage } from "./decode-message.ts";
import { createDirectory } from "./directory.ts";
import { DNS_TYPES, type DnsMessage, MAX_LABEL_BYTES } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { type Lookup, startLookup } from "./lookup.ts";
import { createMulticast, GROUPS } from "./multicast.ts";
import { instanceId, isDomainName, LIST_SERVICE, serviceAddress } from "./names.ts";
import { type HeardInstance, hearInstances } from "./node-records.ts";
import { createResponder, type Publication } from "./responder.ts";
import { decodeText } from "./txt.ts";

export interface MdnsRegistryOptions {
  /**
   * IP of the one interface to speak on; what other machines say is then believed only when it is near that address.
   * With `127.0.0.1` nothing leaves this machine and nothing from outside is heard. Default: all interfaces.
   */
  readonly address?: string | undefined;
  /** Last part of all names. Services in different domains do not see each other. Default: `micro`, go-micro's. */
  readonly domain?: string | undefined;
  /** UDP port of the group. Default: 5353, which is what everybody else uses. */
  readonly port?: number | undefined;
  /** How long a lookup listens when nobody answers. Default: 250. */
  readonly timeoutMs?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

const MAX_QUESTIONS = 16;
const MAX_NODES = 1_000;
const MAX_SERVICES = 10_000;
// go-micro's times: at once, after 1 s, 2 s later.
const ANNOUNCE_AT_MS = [1_000, 3_000];
const SECOND_GOODBYE_AFTER_MS = 10;
const REOPEN_FIRST_MS = 250;
const REOPEN_MAX_MS = 30_000;

/**
 * Services find each other by multicast DNS, in go-micro's record format: no server, one link. `register` is visible
 * when it resolves; `deregister` says goodbye twice. A node that crashes says nothing: lookups no longer find it, and
 * watchers are not told. `ttlMs` has no meaning here.
 */
export function createMdnsRegistry(options: MdnsRegistryOptions = {}): Registry {
  const { address, domain = "micro", port = 5353, timeoutMs = 250, clock = systemClock } = options;
  const place = `${GROUPS[4]}:${port}${address === undefined ? "" : ` on ${address}`}`;
  const responder = createResponder(domain, hostLabel());
  const directory = createDirectory(clock);
  const watchers = new Map<EventQueue, string | undefined>();
  const lookups = new Map<Lookup, (instance: HeardInstance, sender: string) => void>();
  const repeats = new Map<string, (() => void)[]>();
  let cancelReopen = () => {};
  let isLost = false;
  let closed = false;

  const multicast = createMulticast({
    address,
    port,
    clock,
    onPacket(packet, sender, reply) {
      const around = multicast.neighbourhood();
      if (!around.isNear(sender)) return;
      let message: DnsMessage;
      try {
        message = decodeMessage(packet);
      } catch {
        // Not ours to complain about: the group carries everybody's traffic.
        return;
      }
      if (message.opcode !== 0 || message.rcode !== 0) return;
      if (message.isResponse) {
        hear(message, sender);
        return;
      }
      for (const question of message.questions.slice(0, MAX_QUESTIONS))
        for (const answer of responder.answer(question, message.id)) reply(answer);
    },
    onLinksChanged() {
      for (const publication of responder.publications()) announce(publication);
    },
    onLost() {
      directory.clear();
      isLost = true;
      reopen(REOPEN_FIRST_MS);
    },
  });

  const emit = (event: RegistryEvent | undefined) => {
    if (event === undefined) return;
    for (const [queue, name] of watchers) {
      if (event.action === "reset" || name === undefined || name === event.service.name)
        queue.push(structuredClone(event));
    }
  };

  const hear = (message: DnsMessage, sender: string) => {
    const around = multicast.neighbourhood();
    const source = around.isLocal(sender) ? "local" : sender;
    for (const instance of hearInstances([...message.answers, ...message.additionals], domain)) {
      for (const offer of lookups.values()) offer(instance, sender);
      if (instance.name.endsWith(`.${LIST_SERVICE}.${domain}`)) continue;
      const ip = instance.addresses.find((candidate) => around.allows(candidate, sender));
      if (ip === undefined || instance.port === 0 || instance.text === undefined) continue;
      const { name, text } = instance;
      const sighting = {
        name,
        source,
        isFirstHand: source === "local" || ip === sender,
        digest: createHash("sha1")
          .update(`${ip} ${instance.port} `)
          .update(Buffer.concat(text))
          .digest("base64"),
        record: () => toRecord(instance, ip, domain),
      };
      emit(instance.ttlSeconds === 0 ? directory.goodbye(sighting) : directory.heard(sighting));
    }
  };

  const announce = (publication: Publication) => {
    const send = () => {
      // Nobody waits for a repetition; who missed it asks.
      multicast.send(publication.announcement).catch(() => {});
    };
    const key = keyOf(publication);
    stopRepeating(key);
    send();
    repeats.set(
      key,
      ANNOUNCE_AT_MS.map((at) => clock.after(at, send)),
    );
  };
  const stopRepeating = (key: string) => {
    for (const cancel of repeats.get(key) ?? []) cancel();
    repeats.delete(key);
  };

  const reopen = (delayMs: number) => {
    if (closed) return;
    cancelReopen();
    cancelReopen = clock.after(delayMs, () => {
      multicast.open().then(restored, () => reopen(Math.min(delayMs * 2, REOPEN_MAX_MS)));
    });
  };
  const restored = () => {
    cancelReopen();
    if (!isLost) return;
    isLost = false;
    emit({ action: "reset" });
    for (const publication of responder.publications()) announce(publication);
  };
  const open = async () => {
    await multicast.open();
    restored();
  };

  /** Asks and hands every instance that is heard meanwhile to `offer`, which says whether it was news. */
  const ask = async (
    question: string,
    offer: (instance: HeardInstance, sender: string) => boolean,
    isComplete: () => boolean,
    signal: AbortSignal | undefined,
  ) => {
    signal?.throwIfAborted();
    const lookup = startLookup({ question, timeoutMs, signal, send: multicast.send, isComplete });
    lookups.set(lookup, (instance, sender) => {
      if (offer(instance, sender)) lookup.heard();
    });
    try {
      await lookup.done;
    } finally {
      lookups.delete(lookup);
    }
  };

  return {
    name: "mdns",
    address: place,

    async register(service) {
      checkRecord(service);
      await open();
      for (const record of splitRecord(service)) {
        const publication = responder.publish(record);
        if (publication !== undefined) announce(publication);
      }
    },

    async deregister(service) {
      const gone: Publication[] = [];
      for (const node of service.nodes) {
        const publication = responder.withdraw(service.name, node.id);
        if (publication === undefined) continue;
        stopRepeating(keyOf(publication));
        gone.push(publication);
      }
      if (gone.length === 0) return;
      await open();
      for (const { goodbye } of gone) await multicast.send(goodbye);
      await new Promise((resolve) => setTimeout(resolve, SECOND_GOODBYE_AFTER_MS));
      for (const { goodbye } of gone) await multicast.send(goodbye);
    },

    async getService(name, { signal } = {}) {
      signal?.throwIfAborted();
      await open();
      if (!isDomainName(serviceAddress(name, domain))) return [];
      const suffix = `.${name}.${domain}`;
      const found = new Map<string, { record: Service; isLocal: boolean }>();
      for (const record of responder.recordsOf(name))
        found.set(`${record.nodes[0]!.id}${suffix}`, { record, isLocal: true });
      const expected = new Set(directory.known(suffix));
      const followed = new Set<string>();
      await ask(
        serviceAddress(name, domain),
        (instance, sender) => {
          if (!instance.name.endsWith(suffix) || instance.ttlSeconds === 0) return false;
          const around = multicast.neighbourhood();
          const isLocal = around.isLocal(sender);
          const known = found.get(instance.name);
          if (known?.isLocal || (known !== undefined && !isLocal) || found.size >= MAX_NODES) return false;
          const ip = instance.addresses.find((candidate) => around.allows(candidate, sender));
          const isPartial = instance.text === undefined || instance.addresses.length === 0;
          if (isPartial && !followed.has(instance.name) && followed.size < MAX_NODES) {
            followed.add(instance.name);
            const question = { name: instance.name, type: DNS_TYPES.ANY, wantsUnicast: false };
            multicast.send(encodeMessage({ questions: [question] })).catch(() => {});
          }
          const record = ip === undefined ? undefined : toRecord(instance, ip, domain);
          if (record === undefined || record.name !== name) return false;
          expected.delete(instance.name);
          found.set(instance.name, { record, isLocal });
          return true;
        },
        () => found.size > 0 && [...expected].every((known) => found.has(known)),
        signal,
      );
      return groupByVersion([...found.values()].map(({ record }) => record));
    },

    async listServices({ signal } = {}) {
      signal?.throwIfAborted();
      await open();
      const question = serviceAddress(LIST_SERVICE, domain);
      const names = new Set<string>(responder.serviceNames());
      await ask(
        question,
        (instance) => {
          const name = instanceId(instance.name, LIST_SERVICE, domain);
          if (name === undefined || instance.ttlSeconds === 0 || names.has(name)) return false;
          if (names.size >= MAX_SERVICES) return false;
          names.add(name);
          return true;
        },
        () => names.size > 0,
        signal,
      );
      return [...names].sort().map((name) => ({ name, version: "", metadata: {}, endpoints: [], nodes: [] }));
    },

    watch({ name, signal } = {}) {
      const queue = createEventQueue((started) => {
        if (closed) started.end();
        else {
          watchers.set(started, name);
          open().catch(() => {
            isLost = true;
            reopen(REOPEN_FIRST_MS);
          });
        }
        return () => watchers.delete(started);
      }, signal);
      return queue.events;
    },

    async close() {
      closed = true;
      cancelReopen();
      for (const key of [...repeats.keys()]) stopRepeating(key);
      const gone: MicroError = unavailable("go.micro.registry", `registry mdns (${place}) was closed`);
      for (const lookup of [...lookups.keys()]) lookup.stop(gone);
      for (const queue of [...watchers.keys()]) queue.end();
      multicast.close();
    },
  };
}

/** The one-node record an instance stands for; undefined when its text is none, or speaks of another service. */
function toRecord(instance: HeardInstance, ip: string, domain: string): Service | undefined {
  if (instance.text === undefined || instance.port === 0) return undefined;
  const text = decodeText(instance.text);
  if (text === undefined) return undefined;
  const id = instanceId(instance.name, text.service, domain);
  if (id === undefined) return undefined;
  const address = `${ip.includes(":") ? `[${ip}]` : ip}:${instance.port}`;
  return {
    name: text.service,
    version: text.version,
    metadata: {},
    endpoints: text.endpoints,
    nodes: [{ id, address, metadata: text.metadata }],
  };
}

function keyOf({ record }: Publication): string {
  return `${record.nodes[0]!.id}.${record.name}`;
}

/** This machine's bare name, as go-micro uses it. */
function hostLabel(): string {
  const name = hostname().slice(0, MAX_LABEL_BYTES * 3);
  return isDomainName(name) ? name : "localhost";
}
