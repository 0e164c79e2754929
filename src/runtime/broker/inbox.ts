import type { Event, EventHandler } from "./broker.ts";

export interface InboxOptions {
  /** Events that may wait. Default 1024. */
  readonly maxEvents?: number | undefined;
  /** Bytes of bodies that may wait. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Told what a handler threw. */
  readonly onError: (error: unknown, event: Event) => void;
}

/** The events waiting for one handler, which gets them one after the other: that keeps their order. */
export interface Inbox {
  /** False when full: the event was not taken. */
  push(event: Event): boolean;
  /** Resolves when the handler has seen everything that was taken. */
  idle(): Promise<void>;
}

export function createInbox(handler: EventHandler, options: InboxOptions): Inbox {
  const { maxEvents = 1024, maxBytes = 16 * 1024 * 1024, onError } = options;
  const waiting: Event[] = [];
  let bytes = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      bytes -= event.message.body.length;
      try {
        await handler(event);
      } catch (error) {
        try {
          onError(error, event);
        } catch {
          // Who cannot even be told must not cost the events that follow.
        }
      }
    }
    // In the same turn as the last look at `waiting`, so that no event falls between two runs.
    running = undefined;
  }

  return {
    push(event) {
      const size = event.message.body.length;
      if (waiting.length >= maxEvents || (waiting.length > 0 && bytes + size > maxBytes)) return false;
      waiting.push(event);
      bytes += size;
      // Started in a microtask: a handler never runs inside its publisher's call.
      running ??= Promise.resolve().then(run);
      return true;
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}
