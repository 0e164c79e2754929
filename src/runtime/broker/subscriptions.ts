import { describeReason, MicroError } from "../errors/index.ts";
import type { Event, EventHandler, Subscription } from "./broker.ts";
import { createInbox, type Inbox } from "./inbox.ts";

/** Subscriptions of one process that share topic and queue. */
export interface Group {
  readonly topic: string;
  readonly queue: string | undefined;
  readonly members: Inbox[];
  /** Whose turn it is among the members of a queue. */
  next: number;
}

export interface SubscriptionsOptions {
  /** Gets one line per event that a handler failed on or that found its inbox full. */
  readonly onProblem: (line: string) => void;
  /** Called when the last member of a group is about to go: what comes is still delivered. */
  readonly onLeave?: ((group: Group) => Promise<void>) | undefined;
  /** Called when a group lost its last member. */
  readonly onEmpty?: ((group: Group) => Promise<void>) | undefined;
}

/** The subscriptions of one process, grouped as the broker needs them. */
export interface Subscriptions {
  readonly groups: ReadonlySet<Group>;
  group(topic: string, queue: string | undefined): Group | undefined;
  add(
    topic: string,
    handler: EventHandler,
    queue: string | undefined,
  ): { group: Group; subscription: Subscription };
  /** To all members without a queue, to the next one with a queue. */
  deliver(group: Group, event: Event): void;
  /** Removes everything, then waits for the handlers. */
  close(): Promise<void>;
}

export function createSubscriptions({ onProblem, onLeave, onEmpty }: SubscriptionsOptions): Subscriptions {
  const groups = new Set<Group>();
  const draining = new Set<Promise<void>>();
  const leaving = new WeakSet<Inbox>();
  const find = (topic: string, queue: string | undefined) =>
    [...groups].find((group) => group.topic === topic && group.queue === queue);

  function push(inbox: Inbox | undefined, event: Event): void {
    if (inbox === undefined || inbox.push(event)) return;
    onProblem(`a subscriber of topic ${event.topic} is too far behind: event dropped`);
  }

  async function leave(group: Group, inbox: Inbox): Promise<void> {
    leaving.add(inbox);
    // Others of this process may stay.
    if (group.members.every((member) => leaving.has(member))) await onLeave?.(group);
  }

  function drain(inbox: Inbox): Promise<void> {
    const done = inbox.idle().finally(() => draining.delete(done));
    draining.add(done);
    return done;
  }

  return {
    groups,
    group: find,
    add(topic, handler, queue) {
      let group = find(topic, queue);
      if (group === undefined) {
        group = { topic, queue, members: [], next: 0 };
        groups.add(group);
      }
      const { members } = group;
      const owner = group;
      const inbox = createInbox(handler, {
        onError: (error) => onProblem(`handler of topic ${topic} failed: ${describe(error)}`),
      });
      members.push(inbox);
      const subscription: Subscription = {
        topic,
        queue,
        ...(onLeave === undefined ? {} : { leave: () => leave(owner, inbox) }),
        async unsubscribe() {
          const index = members.indexOf(inbox);
          if (index < 0) return;
          members.splice(index, 1);
          // A handler may unsubscribe itself, so this must not wait for it; `close` does.
          void drain(inbox);
          if (members.length > 0) return;
          groups.delete(owner);
          await onEmpty?.(owner);
        },
      };
      return { group, subscription };
    },
    deliver(group, event) {
      if (group.queue === undefined) {
        for (const inbox of group.members) push(inbox, event);
        return;
      }
      group.next = (group.next + 1) % Math.max(1, group.members.length);
      push(group.members[group.next], event);
    },
    async close() {
      for (const group of groups) for (const inbox of group.members) void drain(inbox);
      groups.clear();
      await Promise.all(draining);
    },
  };
}

/** A MicroError says what a person needs; anything else was not expected, and its stack tells where it came from. */
function describe(error: unknown): string {
  if (MicroError.is(error)) return `${error.code} ${error.detail}`;
  return describeReason(error);
}
