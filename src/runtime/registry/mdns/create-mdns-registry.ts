import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { badRequest, unavailable } from "../../errors/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { isLoopbackHost, parseAddress } from "../node-address.ts";
import { checkRecord, groupByVersion, splitRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import { createWatchers } from "../watchers.ts";
import { createAnnouncer } from "./announcer.ts";
import { decodeMessage } from "./decode-message.ts";
import { createDirectory } from "./directory.ts";
import type { DnsMessage, DnsQuestion } from "./dns-message.ts";
import { createFinder } from "./finder.ts";
import { createMulticast, placeOf } from "./multicast.ts";
import { isDomainName, LIST_SERVICE, serviceAddress } from "./names.ts";
import { hearInstances } from "./node-records.ts";
import { createReadingBudget } from "./reading-budget.ts";
import { createResponder } from "./responder.ts";
import { allowedAddress, toRecord } from "./to-record.ts";

/** Settings of {@link createMdnsRegistry}. */
export interface MdnsRegistryOptions {
  /**
   * IP of the one interface to speak on; what other machines say is then believed only when it is near that address.
   * With `127.0.0.1` nothing leaves this machine and nothing from outside is heard. A port behind it (`127.0.0.1:5399`,
   * `[::1]:5399`) makes a group of its own, apart from everybody else's. Default: all interfaces.
   */
  readonly address?: string | undefined;
  /** Last part of all names. Services in different domains do not see each other. Default: `micro`, go-micro's. */
  readonly domain?: string | undefined;
  /** How long a lookup listens when nobody answers. Default: 250. */
  readonly timeoutMs?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

const PORT = 5353;
const MAX_QUESTIONS = 16;
/** Of one packet; go-micro speaks of one node in each. */
const MAX_INSTANCES = 64;
const REOPEN_FIRST_MS = 250;
const REOPEN_MAX_MS = 30_000;

/**
 * Services find each other by multicast DNS, in go-micro's record format: no server, one link. `register` is visible
 * when it resolves; `deregister` says goodbye twice. A node that crashes says nothing: lookups no longer find it, and
 * watchers are not told. `ttlMs` has no meaning here.
 */
export function createMdnsRegistry(options: MdnsRegistryOptions = {}): Registry {
  const { domain = "micro", timeoutMs = 250, clock = systemClock } = options;
  const { address, port } = parsePlace(options.address);
  const place = placeOf(address, port);
  const responder = createResponder(domain, isDomainName(hostname()) ? hostname() : "localhost");
  const directory = createDirectory(clock);
  const budget = createReadingBudget(clock);
  let cancelReopen = () => {};
  let isLost = false;
  let closed = false;

  const hear = (message: DnsMessage, sender: string) => {
    const around = multicast.neighbourhood();
    const source = around.isLocal(sender) ? "local" : sender;
    const heard = hearInstances([...message.answers, ...message.additionals], domain);
    for (const instance of heard.slice(0, MAX_INSTANCES)) {
      finder.hear(instance, sender);
      const { name, text } = instance;
      const ip = allowedAddress(instance, sender, around);
      if (name.endsWith(`.${LIST_SERVICE}.${domain}`) || ip === undefined || text === undefined) continue;
      const sighting = {
        name,
        source,
        isFirstHand: source === "local" || ip === sender,
        digest: createHash("sha1")
          .update(`${ip} ${instance.port} `)
          .update(Buffer.concat(text))
          .digest("base64"),
        record: () => toRecord(instance, sender, around, domain, budget),
      };
      const event = instance.ttlSeconds === 0 ? directory.goodbye(sighting) : directory.heard(sighting);
      if (event !== undefined) watchers.emit(event);
    }
  };

  const multicast = createMulticast({
    address,
    port,
    clock,
    onPacket(packet, sender, reply) {
      if (!multicast.neighbourhood().isNear(sender)) return;
      let message: DnsMessage;
      try {
        message = decodeMessage(packet);
      } catch {
        // Not ours to complain about: the group carries everybody's traffic.
        return;
      }
      if (message.opcode !== 0 || message.rcode !== 0) return;
      if (message.isResponse) hear(message, sender);
      else
        for (const question of distinct(message.questions.slice(0, MAX_QUESTIONS)))
          for (const answer of responder.answer(question, message.id)) reply(answer);
    },
    onLinksChanged: announceAll,
    onLost: lost,
  });
  const announcer = createAnnouncer(multicast.send, clock);
  const watchers = createWatchers(() => {
    multicast.open().then(restored, lost);
  });
  const { send, neighbourhood } = multicast;
  const finder = createFinder({ domain, timeoutMs, responder, directory, send, neighbourhood, budget });

  function announceAll() {
    for (const publication of responder.publications()) announcer.announce(publication);
  }
  function lost() {
    directory.clear();
    isLost = true;
    reopen(REOPEN_FIRST_MS);
  }
  function reopen(delayMs: number) {
    cancelReopen();
    if (closed) return;
    cancelReopen = clock.after(delayMs, () => {
      multicast.open().then(restored, () => reopen(Math.min(delayMs * 2, REOPEN_MAX_MS)));
    });
  }
  function restored() {
    if (!isLost) return;
    cancelReopen();
    isLost = false;
    watchers.emit({ action: "reset" });
    announceAll();
  }
  const open = async () => {
    await multicast.open();
    restored();
  };

  return {
    name: "mdns",
    address: place,
    loopbackOnly: isLoopbackHost(address ?? ""),

    async register(service) {
      checkRecord(service);
      await open();
      for (const record of splitRecord(service)) {
        const publication = responder.publish(record);
        if (publication !== undefined) announcer.announce(publication);
      }
    },

    async deregister(service) {
      const gone = service.nodes
        .map((node) => responder.withdraw(service.name, node.id))
        .filter((publication) => publication !== undefined);
      if (gone.length === 0) return;
      await open();
      await announcer.sayGoodbye(gone);
    },

    async getService(name, { signal } = {}) {
      signal?.throwIfAborted();
      await open();
      signal?.throwIfAborted();
      // Such a name cannot be asked for, so nothing can be registered under it.
      if (!isDomainName(serviceAddress(name, domain))) return [];
      return groupByVersion(await finder.findNodes(name, signal));
    },

    async listServices({ signal } = {}) {
      signal?.throwIfAborted();
      await open();
      signal?.throwIfAborted();
      const names = await finder.findServices(signal);
      return names.map((name) => ({ name, version: "", metadata: {}, endpoints: [], nodes: [] }));
    },

    watch: watchers.watch,

    async close() {
      closed = true;
      cancelReopen();
      announcer.stop();
      watchers.end();
      finder.stop(unavailable("go.micro.registry", `registry mdns (${place}) was closed`));
      multicast.close();
    },
  };
}

/** Asking the same thing many times in one packet gets one answer. */
function distinct(questions: readonly DnsQuestion[]): Iterable<DnsQuestion> {
  return new Map(questions.map((question) => [`${question.type} ${question.name}`, question])).values();
}

/** `127.0.0.1:5399` -> that address and port. Whether it is one of ours is seen when the sockets are opened. */
function parsePlace(place: string | undefined): { address: string | undefined; port: number } {
  if (place === undefined || place === "") return { address: undefined, port: PORT };
  if (isIP(place) !== 0) return { address: place, port: PORT };
  try {
    const { host, port } = parseAddress(place);
    if (isIP(host) !== 0 && port > 0) return { address: host, port };
  } catch {
    // Not even a host and a port: refused below.
  }
  const detail = `registry mdns speaks on an interface given by its IP, such as 127.0.0.1; got ${place}`;
  throw badRequest("go.micro.registry", detail);
}
