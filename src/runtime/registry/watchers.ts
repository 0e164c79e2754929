import { createEventQueue, type EventQueue } from "./event-queue.ts";
import type { Registry, RegistryEvent } from "./registry.ts";

/** Everybody who watches one registry. */
export interface Watchers {
  /** `Registry.watch`. */
  readonly watch: Registry["watch"];
  /** Hands each watcher concerned a copy of its own; resets concern all. */
  emit(event: RegistryEvent): void;
  /** Ends all watchers, and those who come later. */
  end(): void;
}

/** `onStart` runs whenever somebody begins to watch. */
export function createWatchers(onStart: () => void = () => {}): Watchers {
  const watchers = new Map<EventQueue, string | undefined>();
  let ended = false;
  return {
    watch({ name, signal } = {}) {
      const begin = (queue: EventQueue) => {
        if (ended) queue.end();
        else {
          watchers.set(queue, name);
          onStart();
        }
        return () => watchers.delete(queue);
      };
      return createEventQueue(begin, signal).events;
    },
    emit(event) {
      for (const [queue, name] of watchers) {
        if (event.action === "reset") queue.push(event);
        else if (name === undefined || name === event.service.name) queue.push(structuredClone(event));
      }
    },
    end() {
      ended = true;
      for (const queue of [...watchers.keys()]) queue.end();
    },
  };
}
