import { MicroError, unavailable } from "../../errors/index.ts";
import { type Node, parseAddress, type Registry, toNodeAddress } from "../../registry/index.ts";
import type { ClientTls, ServerTls } from "../../transport/index.ts";
import { createTlsTransport } from "../../transport/tls/index.ts";
import type { Broker, BrokerMessage } from "../broker.ts";
import { createSubscriptions } from "../subscriptions.ts";
import { createAnnouncements } from "./announcements.ts";
import { DIALECTS, type DialectName } from "./dialect.ts";
import { createDirectory } from "./directory.ts";
import { createLanes } from "./lanes.ts";
import { createReceiver } from "./receiver.ts";
import { createSender } from "./sender.ts";
import { createTurns } from "./turns.ts";
import { decodeEvent, encodeEvent } from "./wire.ts";

/** Settings of {@link createHttpBroker}. */
export interface HttpBrokerOptions {
  /** Where subscribers are registered and found. Not closed by the broker. */
  readonly registry: Registry;
  /** `host:port` subscribers listen on. Default `127.0.0.1:0`: heard on this machine only, as go-micro. */
  readonly address?: string | undefined;
  /** Host (or `host:port`) to register instead of the bound one. */
  readonly advertise?: string | undefined;
  /** Which go-micro to talk to: `v2` (default; v2.5 and later) or `v1` (v1.18). */
  readonly dialect?: DialectName | undefined;
  /** Take events over TLS; with `clientCaFile` only of publishers who show a certificate. Default: plain text. */
  readonly tls?: ServerTls | undefined;
  /**
   * Send events over TLS only. A subscriber must show a certificate that `caFile` vouches for; its name may be any, for
   * nobody knows who subscribes.
   */
  readonly clientTls?: ClientTls | undefined;
  /** Largest body of an event. Default 4 MiB. */
  readonly maxEventBytes?: number | undefined;
  /** Which addresses events may be sent to. Default {@link isDialable}: a poisoned registry must not lead anywhere. */
  readonly isDialable?: ((address: string) => boolean) | undefined;
  /** Picks among the nodes of a queue: values in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Gets one line per event that was lost or whose handler failed. Default: nobody. */
  readonly onProblem?: ((line: string) => void) | undefined;
}

function dialOf({ clientTls, onProblem }: HttpBrokerOptions) {
  if (clientTls === undefined) return undefined;
  const transport = createTlsTransport({ client: clientTls, onProblem });
  return (address: string) =>
    transport.dial(address, { anyService: true, wire: "http/1.1", timeoutMs: 2_000 });
}

const ID = "go.micro.broker";
/** How long `close` waits for events that are still being sent. */
const FLUSH_MS = 5_000;
/** Events of one topic that may wait for their turn to be sent. */
const MAX_WAITING = 1_024;
/** Nodes of a queue that get an event in turn while it turns out that one is gone. */
const MAX_OTHERS = 3;

/**
 * go-micro's HTTP broker: no server needed. Subscribers are nodes of a service on the registry, publishers post to
 * them. An event for a subscriber that is gone is lost. Nothing listens before the first `subscribe`, which rejects with
 * MicroError 503 when the address is taken; until then `address` is empty.
 */
export function createHttpBroker(options: HttpBrokerOptions): Broker {
  const { registry, onProblem = () => {}, random = Math.random, maxEventBytes = 4 * 1024 * 1024 } = options;
  const { address: wanted = "127.0.0.1:0" } = options;
  parseAddress(wanted); // throws for what can never be listened on, before anything is opened
  const dialect = DIALECTS[options.dialect ?? "v2"];
  const directory = createDirectory(registry, dialect.serviceName, options.isDialable);
  const announcements = createAnnouncements({
    registry,
    dialect,
    secure: options.tls !== undefined,
    directory,
    onProblem,
  });
  const sender = createSender({ path: dialect.path, dial: dialOf(options) });
  const lanes = createLanes({
    async send(node, parcel) {
      const own = announcements.groupOf(node.id);
      if (own === undefined) await sender.send(node, parcel);
      else subscriptions.deliver(own, decodeEvent(parcel.body, dialect));
    },
    onLost(node, { topic, body, others: [next, ...others] = [] }, reason, unseen) {
      directory.doubt();
      // One of a queue that stopped or died: the event is for any of them.
      if (unseen && next !== undefined) void lanes.put(next, { topic, body, others });
      else onProblem(`event of topic ${topic} lost: subscriber ${node.address} did not take it: ${reason}`);
    },
  });
  const subscriptions = createSubscriptions({
    onProblem,
    onLeave: announcements.leave,
    onEmpty: announcements.withdraw,
  });
  const receiver = createReceiver({
    address: wanted,
    tls: options.tls,
    onProblem,
    dialect,
    // Base64 makes four bytes of three; the rest is for the header.
    maxBodyBytes: Math.ceil(maxEventBytes / 3) * 4 + 64 * 1024,
    onEvent(id, event) {
      const group = announcements.groupOf(id);
      if (group === undefined || group.topic !== event.topic) return false;
      subscriptions.deliver(group, event);
      return true;
    },
  });
  let address = "";
  let listening: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  /** Publishing waits its turn, per topic: two look-ups may end in another order than they began. */
  const turns = createTurns(MAX_WAITING);

  function check(): void {
    if (closed !== undefined) throw unavailable(ID, "the http broker is closed");
  }

  async function listen(): Promise<void> {
    listening ??= receiver.listen().then((bound) => {
      address = toNodeAddress(bound, options.advertise);
    });
    try {
      await listening;
    } catch (error) {
      listening = undefined; // the port may be free next time
      throw error;
    }
  }

  async function send(topic: string, message: BrokerMessage): Promise<void> {
    const { broadcast, queues } = await directory.audience(topic);
    if (broadcast.length + queues.length === 0) return;
    const parcel = { topic, body: encodeEvent(topic, message, dialect) };
    await Promise.all([
      ...broadcast.map((node) => lanes.put(node, parcel)),
      ...queues.map((nodes) => {
        const turn = Math.floor(random() * nodes.length);
        const others = [...nodes.slice(turn + 1), ...nodes.slice(0, turn)].slice(0, MAX_OTHERS);
        return lanes.put(nodes[turn] as Node, { ...parcel, others });
      }),
    ]);
  }

  return {
    name: "http",
    get address() {
      return address;
    },
    delivery: "at-most-once",

    async connect() {
      check();
    },

    async publish(topic, message) {
      check();
      if (message.body.length > maxEventBytes) {
        const detail = `event of topic ${topic} has ${message.body.length} bytes, more than ${maxEventBytes}`;
        throw new MicroError({ id: ID, code: 413, detail });
      }
      const turn = turns.take(topic, () => send(topic, message));
      if (turn === undefined) {
        throw unavailable(ID, `${MAX_WAITING} events of topic ${topic} wait to be sent: publish slower`);
      }
      await turn;
    },

    async subscribe(topic, handler, { queue } = {}) {
      check();
      if (topic === "") throw new MicroError({ id: ID, code: 400, detail: "a topic needs a name" });
      await listen();
      check();
      const { group, subscription } = subscriptions.add(topic, handler, queue);
      try {
        await announcements.announce(group, address);
      } catch (error) {
        await subscription.unsubscribe();
        throw error;
      }
      return subscription;
    },

    close() {
      closed ??= (async () => {
        await flushed(turns.idle());
        await announcements.withdrawAll();
        await flushed(lanes.idle());
        directory.close();
        sender.close();
        await listening?.then(() => receiver.close()).catch(() => {});
        await subscriptions.close();
      })();
      return closed;
    },
  };
}

/** Waits for `work`, but not for ever. */
async function flushed(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
