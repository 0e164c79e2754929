import type { BrokerMessage } from "../broker.ts";
import type { Dialect } from "./dialect.ts";
import type { Audience, Subscriber } from "./directory.ts";
import { encodeEvent } from "./wire.ts";

/** One event on its way to one subscriber. */
export interface Parcel {
  readonly topic: string;
  /** What is posted, for each dialect that somebody of the audience speaks. */
  readonly bodies: ReadonlyMap<Dialect, string>;
  /** Those who will do as well: the others of the queue it is for. */
  readonly others?: readonly Subscriber[];
}

/** Packs an event at once, since its bytes are the publisher's again when `publish` has resolved. */
export function packEvent(topic: string, message: BrokerMessage, { broadcast, queues }: Audience): Parcel {
  const bodies = new Map<Dialect, string>();
  for (const subscribers of [broadcast, ...queues])
    for (const { dialect } of subscribers)
      if (!bodies.has(dialect)) bodies.set(dialect, encodeEvent(topic, message, dialect));
  return { topic, bodies };
}

/** What is posted in a dialect. Throws when nobody of the audience spoke it: then sending it would lose the event unseen. */
export function bodyFor(dialect: Dialect, { topic, bodies }: Parcel): string {
  const body = bodies.get(dialect);
  if (body === undefined)
    throw new Error(`event of topic ${topic} was not packed for ${dialect.serviceName}`);
  return body;
}
