import type { Clock } from "../clock.ts";
import type { Publication } from "./responder.ts";

// go-micro's times: at once, after 1 s, 2 s later.
const REPEAT_AT_MS = [1_000, 3_000];
const SECOND_GOODBYE_AFTER_MS = 10;

/** Tells the link of what comes and goes. */
export interface Announcer {
  /** At once, and twice more for who missed it. A newer announcement of the same node replaces these. */
  announce(publication: Publication): void;
  /** Twice, because nobody would ask again. Resolves when both are sent. */
  sayGoodbye(publications: readonly Publication[]): Promise<void>;
  stop(): void;
}

export function createAnnouncer(send: (packet: Buffer) => Promise<void>, clock: Clock): Announcer {
  const repeats = new Map<string, (() => void)[]>();
  const stopRepeating = (key: string) => {
    for (const cancel of repeats.get(key) ?? []) cancel();
    repeats.delete(key);
  };
  return {
    announce(publication) {
      const key = keyOf(publication);
      stopRepeating(key);
      const sendOnce = () => {
        // Nobody waits for it: who hears no announcement can ask.
        send(publication.announcement).catch(() => {});
      };
      sendOnce();
      const cancels = REPEAT_AT_MS.map((at) => clock.after(at, sendOnce));
      repeats.set(key, cancels);
    },
    async sayGoodbye(publications) {
      for (const publication of publications) stopRepeating(keyOf(publication));
      for (const { goodbye } of publications) await send(goodbye);
      await new Promise((resolve) => setTimeout(resolve, SECOND_GOODBYE_AFTER_MS));
      for (const { goodbye } of publications) await send(goodbye);
    },
    stop() {
      for (const key of [...repeats.keys()]) stopRepeating(key);
    },
  };
}

function keyOf({ record }: Publication): string {
  return `${record.nodes[0]!.id}.${record.name}`;
}
