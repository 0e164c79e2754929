import { badRequest, describeReason, MicroError, messageOf, unavailable } from "../../errors/index.ts";
import { createNatsLink, type NatsOptions } from "../../nats/index.ts";
import type { Broker, Subscription } from "../broker.ts";
import { createInbox, type Inbox } from "../inbox.ts";
import { decodeMessage, encodeMessage } from "../message-json.ts";

/** Settings of {@link createNatsBroker}. */
export interface NatsBrokerOptions extends NatsOptions {
  /** Gets one line per event that was lost, or whose handler failed. Default: nobody. */
  readonly onProblem?: ((line: string) => void) | undefined;
}

const ID = "go.micro.broker";
/** Events that may wait for the server to have taken them. */
const MAX_WAITING = 1_024;
/** What NATS takes for more than a name: parts that stand for others, empty parts, blanks. */
const NO_SUBJECT = /[*>\s\p{Cc}]|^\.|\.\.|\.$|^$/u;

/**
 * go-micro's NATS broker (`broker/nats`): the topic is the subject, the message JSON, a queue NATS' queue group. An event
 * for nobody is lost, and so is one that comes while the connection is down.
 */
export function createNatsBroker(options: NatsBrokerOptions = {}): Broker {
  const { onProblem = () => {} } = options;
  const link = createNatsLink(options, { where: "broker nats", id: ID });
  const ends = new Set<() => void>();
  const inboxes = new Set<Inbox>();
  const draining = new Set<Promise<void>>();
  let waiting = 0;
  let closed: Promise<void> | undefined;

  function check(topic?: string): void {
    if (closed !== undefined) throw unavailable(ID, "the nats broker is closed");
    if (topic === undefined || !NO_SUBJECT.test(topic)) return;
    throw badRequest(
      ID,
      `topic ${JSON.stringify(topic)} is no subject of NATS: words with dots between, no blanks, * or >`,
    );
  }

  function drain(inbox: Inbox): void {
    inboxes.delete(inbox);
    const done = inbox.idle().finally(() => draining.delete(done));
    draining.add(done);
  }

  return {
    name: "nats",
    address: link.address,
    delivery: "at-most-once",

    async connect() {
      check();
      await link.open();
    },

    async publish(topic, message) {
      check(topic);
      const text = encodeMessage(message); // at once: the bytes are the publisher's again afterwards
      const size = Buffer.byteLength(text);
      if (size > link.maxBytes) {
        const detail = `event of topic ${topic} takes ${size} bytes; the NATS server allows ${link.maxBytes}`;
        throw new MicroError({ id: ID, code: 413, detail });
      }
      if (waiting >= MAX_WAITING)
        throw unavailable(ID, `${MAX_WAITING} events wait to be sent: publish slower`);
      waiting += 1;
      try {
        await link.publish(topic, text);
      } finally {
        waiting -= 1;
      }
    },

    async subscribe(topic, handler, { queue } = {}) {
      check(topic);
      const inbox = createInbox(handler, {
        onError: (error) =>
          onProblem(
            `handler of topic ${topic} failed: ${MicroError.is(error) ? `${error.code} ${error.detail}` : describeReason(error)}`,
          ),
      });
      inboxes.add(inbox);
      const take = ({ data }: { data: Uint8Array }) => {
        try {
          const message = decodeMessage(
            Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString(),
          );
          if (inbox.push({ topic, message })) return;
          onProblem(`a subscriber of topic ${topic} is too far behind: event dropped`);
        } catch (error) {
          onProblem(`event of topic ${topic} dropped: ${messageOf(error)}`);
        }
      };
      const end = await link.subscribe(topic, take, queue);
      ends.add(end);
      const subscription: Subscription = {
        topic,
        queue,
        async unsubscribe() {
          if (!ends.delete(end)) return;
          end();
          // A handler may unsubscribe itself, so this must not wait for it; `close` does.
          drain(inbox);
        },
      };
      return subscription;
    },

    close() {
      closed ??= (async () => {
        for (const end of ends) end();
        for (const inbox of [...inboxes]) drain(inbox);
        await link.close();
        await Promise.all(draining);
      })();
      return closed;
    },
  };
}
