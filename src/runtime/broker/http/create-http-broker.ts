import { MicroError, unavailable } from "../../errors/index.ts";
import { parseAddress, type Registry, toNodeAddress } from "../../registry/index.ts";
import type { ClientTls, ServerTls } from "../../transport/index.ts";
import { createTlsTransport } from "../../transport/tls/index.ts";
import type { Broker } from "../broker.ts";
import { createSubscriptions } from "../subscriptions.ts";
import { createAnnouncements } from "./announcements.ts";
import { createDirectory } from "./directory.ts";
import { createPublisher } from "./publisher.ts";
import { createReceiver } from "./receiver.ts";
import { createSender } from "./sender.ts";
import { decodeEvent } from "./wire.ts";

/** Settings of {@link createHttpBroker}. */
export interface HttpBrokerOptions {
  /** Where subscribers are registered and found. Not closed by the broker. */
  readonly registry: Registry;
  /** `host:port` subscribers listen on. Default `127.0.0.1:0`: heard on this machine only, as go-micro. */
  readonly address?: string | undefined;
  /** Host (or `host:port`) to register instead of the bound one. */
  readonly advertise?: string | undefined;
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

function dialOf({ clientTls }: HttpBrokerOptions) {
  if (clientTls === undefined) return undefined;
  // What is wrong with these certificates is told by the service's transport, which has the same.
  const transport = createTlsTransport({ client: clientTls });
  return (address: string) =>
    transport.dial(address, { anyService: true, wire: "http/1.1", timeoutMs: 2_000 });
}

const ID = "go.micro.broker";
/** How long `close` waits for events that are still being sent. */
const FLUSH_MS = 5_000;

/**
 * go-micro's HTTP broker: no server needed. Subscribers are nodes of a service on the registry, publishers post to
 * them. It speaks as v1.18 and as v2.5 and later do, so that both hear it and are heard; nobody gets an event twice. An
 * event for a subscriber that is gone is lost. Nothing listens before the first `subscribe`, which rejects with
 * MicroError 503 when the address is taken; until then `address` is empty.
 */
export function createHttpBroker(options: HttpBrokerOptions): Broker {
  const { registry, onProblem = () => {}, random = Math.random, maxEventBytes = 4 * 1024 * 1024 } = options;
  const { address: wanted = "127.0.0.1:0" } = options;
  parseAddress(wanted); // throws for what can never be listened on, before anything is opened
  const directory = createDirectory(registry, options.isDialable);
  const announcements = createAnnouncements({
    registry,
    secure: options.tls !== undefined,
    directory,
    onProblem,
  });
  const sender = createSender({ dial: dialOf(options) });
  const publisher = createPublisher({
    directory,
    maxEventBytes,
    random,
    onProblem,
    async send(to, parcel) {
      const own = announcements.groupOf(to.node.id);
      if (own === undefined) await sender.send(to, parcel);
      else subscriptions.deliver(own, decodeEvent(parcel.bodies.get(to.dialect) ?? "", to.dialect));
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
      await publisher.publish(topic, message);
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
        await flushed(publisher.taken());
        await announcements.withdrawAll();
        await flushed(publisher.sent());
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
