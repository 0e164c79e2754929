import { AsyncResource } from "node:async_hooks";
import type { Clock } from "../registry/index.ts";

/** A clock that stands still until it is told to move; what it sets off has settled before it moves on. */
export interface VirtualClock extends Clock {
  /** Timers somebody waits for: deadlines, pauses. None are left when all calls are over. */
  readonly waitedTimers: number;
  /** Moves time by `ms`, firing what falls due on the way, in order. */
  advance(ms: number): Promise<void>;
  /**
   * Moves time for as long as `work` needs to settle, and gives its result. Rejects when it has not settled after
   * `maxMs` of virtual time (default ten minutes), or when no timer is left that could set anything off.
   */
  run<T>(work: Promise<T>, maxMs?: number): Promise<T>;
}

interface Timer {
  readonly at: number;
  /** Timers of the same instant fire in the order in which they were set. */
  readonly order: number;
  readonly isWaitedFor: boolean;
  fire(): void;
}

/** Any day will do, as long as it is the same in every run. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
const MAX_RUN_MS = 600_000;
/** A handler that streams without end and without a pause never settles; time goes on all the same. */
const MAX_TURNS = 1000;
/** Real time that a clock waits for the machine in all: something may hang there that has nothing to do with the network. */
const MAX_PATIENCE_MS = 10_000;

export function createVirtualClock(): VirtualClock {
  /** Sorted by what fires first. */
  const timers: Timer[] = [];
  let now = 0;
  let order = 0;
  let waited = 0;
  /** Counts everything that asks or sets the clock: as long as somebody does, something is going on. */
  let activity = 0;
  /** What has to settle, and until when it may take. */
  const works = new Map<Promise<unknown>, number>();
  let driving = false;
  let patienceMs = MAX_PATIENCE_MS;

  async function settle(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; ) {
      const before = activity;
      const since = performance.now();
      await new Promise(setImmediate);
      if (activity !== before) turn++;
      else if (patienceMs > 0 && isMachineAsked()) patienceMs -= performance.now() - since;
      else return;
    }
  }
  async function fireFirst(): Promise<void> {
    const timer = timers.shift() as Timer;
    if (timer.isWaitedFor) waited--;
    now = timer.at;
    timer.fire();
    await settle();
  }

  /** Moves time until everything that was given has settled. */
  async function drive(): Promise<void> {
    driving = true;
    try {
      await settle();
      const began = now;
      while (works.size > 0) {
        const first = timers[0];
        const end = Math.max(...works.values());
        if (first === undefined)
          throw new Error("the work waits for something that no timer of the network sets off");
        if (first.at > end)
          throw new Error(`the work has not ended after ${Math.round(end - began)} ms of virtual time`);
        await fireFirst();
      }
    } finally {
      driving = false;
      works.clear();
    }
  }
  /** Work inside work is fine: the outermost moves time for all. */
  async function run<T>(work: Promise<T>, maxMs: number = MAX_RUN_MS): Promise<T> {
    works.set(work, now + maxMs);
    const done = () => works.delete(work);
    work.then(done, done);
    if (!driving) await drive();
    return work;
  }

  return {
    now() {
      activity++;
      return now;
    },
    epochMs() {
      activity++;
      return EPOCH_MS + now;
    },
    after(delayMs, callback, keepsAlive = false) {
      activity++;
      // As with real timers, what is set in a handler's context fires in it.
      const scope = new AsyncResource("VirtualTimer");
      const fire = () => scope.runInAsyncScope(callback);
      const timer: Timer = { at: now + Math.max(0, delayMs), order: order++, isWaitedFor: keepsAlive, fire };
      timers.splice(placeOf(timers, timer), 0, timer);
      if (keepsAlive) waited++;
      return () => {
        activity++;
        const place = placeOf(timers, timer);
        if (timers[place] !== timer) return;
        timers.splice(place, 1);
        if (keepsAlive) waited--;
      };
    },
    get waitedTimers() {
      return waited;
    },
    advance(ms) {
      const over = new Promise<void>((resolve) => {
        // After everything else of that instant, also what is set until then.
        const last = { at: now + ms, order: Number.POSITIVE_INFINITY, isWaitedFor: false, fire: resolve };
        timers.splice(placeOf(timers, last), 0, last);
      });
      return run(over, ms);
    },
    run,
  };
}

/** Is somebody waiting for a file or a name? That takes real time, of which none may pass on this clock meanwhile. */
function isMachineAsked(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.includes("Req"));
}

/** Where `timer` is, or belongs, in the sorted list. */
function placeOf(timers: readonly Timer[], { at, order }: Timer): number {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = timers[middle] as Timer;
    if (other.at < at || (other.at === at && other.order < order)) low = middle + 1;
    else high = middle;
  }
  return low;
}
