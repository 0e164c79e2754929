import { MicroError, unavailable } from "../../errors/index.ts";
import type { BrokerMessage } from "../broker.ts";
import type { Directory, Subscriber } from "./directory.ts";
import { createLanes } from "./lanes.ts";
import { type Parcel, packEvent } from "./parcel.ts";
import { createTurns } from "./turns.ts";

export interface PublisherOptions {
  readonly directory: Directory;
  /** Hands a parcel over; rejects when it did not arrive. */
  readonly send: (subscriber: Subscriber, parcel: Parcel) => Promise<void>;
  /** Largest body of an event. */
  readonly maxEventBytes: number;
  /** Picks among the nodes of a queue: values in [0, 1). */
  readonly random: () => number;
  /** Gets one line per event that was lost. */
  readonly onProblem: (line: string) => void;
}

/** Brings the events of this process on their way. */
export interface Publisher {
  /** Resolves when every subscriber has room for it. Rejects with MicroError 413 and 503. */
  publish(topic: string, message: BrokerMessage): Promise<void>;
  /** Resolves when all that was published has found its lanes. */
  taken(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  sent(): Promise<void>;
}

const ID = "go.micro.broker";
/** Events of one topic that may wait for their turn to be sent. */
const MAX_WAITING = 1_024;
/** Nodes of a queue that get an event in turn while it turns out that one is gone. */
const MAX_OTHERS = 3;

export function createPublisher(options: PublisherOptions): Publisher {
  const { directory, send, maxEventBytes, random, onProblem } = options;
  const lanes = createLanes({
    send,
    onLost({ node }, { topic, bodies, others: [next, ...others] = [] }, reason, unseen) {
      directory.doubt();
      // One of a queue that stopped or died: the event is for any of them.
      if (unseen && next !== undefined) void lanes.put(next, { topic, bodies, others });
      else onProblem(`event of topic ${topic} lost: subscriber ${node.address} did not take it: ${reason}`);
    },
  });
  /** Publishing waits its turn, per topic: two look-ups may end in another order than they began. */
  const turns = createTurns(MAX_WAITING);

  async function put(topic: string, message: BrokerMessage): Promise<void> {
    const audience = await directory.audience(topic);
    const { broadcast, queues } = audience;
    if (broadcast.length + queues.length === 0) return;
    const parcel = packEvent(topic, message, audience);
    await Promise.all([
      ...broadcast.map((subscriber) => lanes.put(subscriber, parcel)),
      ...queues.map((subscribers) => {
        const turn = Math.floor(random() * subscribers.length);
        const others = [...subscribers.slice(turn + 1), ...subscribers.slice(0, turn)].slice(0, MAX_OTHERS);
        return lanes.put(subscribers[turn] as Subscriber, { ...parcel, others });
      }),
    ]);
  }

  return {
    async publish(topic, message) {
      if (message.body.length > maxEventBytes) {
        const detail = `event of topic ${topic} has ${message.body.length} bytes, more than ${maxEventBytes}`;
        throw new MicroError({ id: ID, code: 413, detail });
      }
      const turn = turns.take(topic, () => put(topic, message));
      if (turn === undefined) {
        throw unavailable(ID, `${MAX_WAITING} events of topic ${topic} wait to be sent: publish slower`);
      }
      await turn;
    },
    taken: turns.idle,
    sent: lanes.idle,
  };
}
