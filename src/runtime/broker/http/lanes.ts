import type { Subscriber } from "./directory.ts";
import type { Parcel } from "./parcel.ts";

export interface LanesOptions {
  /** Hands a parcel over; rejects when it did not arrive. */
  readonly send: (to: Subscriber, parcel: Parcel) => Promise<void>;
  /** Told about each parcel that the subscriber did not take; `unseen` when it certainly has not seen it either. */
  readonly onLost: (to: Subscriber, parcel: Parcel, reason: string, unseen: boolean) => void;
  /** Parcels that may wait for one subscriber; then `put` waits for room. Default 64, as go-micro's inbox. */
  readonly capacity?: number | undefined;
}

/** One line of waiting parcels per subscriber: that keeps the order, and keeps a slow one from holding up the others. */
export interface Lanes {
  /**
   * Resolves when the parcel has found room. A lane that fails drops what waits, and while it is full again what comes, so
   * that nobody waits for long, and not twice.
   */
  put(to: Subscriber, parcel: Parcel): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** For whom it was packed: a node that is told of in another dialect by now would be sent nothing. */
interface Load {
  readonly to: Subscriber;
  readonly parcel: Parcel;
}

interface Lane {
  readonly loads: Load[];
  readonly waiting: (() => void)[];
}

const UNSEEN = Symbol("unseen");

/** Marks the error of a parcel that its receiver has certainly not seen: another one may get it. */
export function markUnseen(error: unknown): unknown {
  return error instanceof Error ? Object.defineProperty(error, UNSEEN, { value: true }) : error;
}

function isUnseen(error: unknown): boolean {
  return error instanceof Error && UNSEEN in error;
}

const MAX_DOUBTED = 1_000;

export function createLanes({ send, onLost, capacity = 64 }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  const keyOf = ({ node }: Subscriber) => `${node.address} ${node.id}`;
  const running = new Set<Promise<void>>();
  /** Whose last parcel failed. Publishers wait for such a lane once; somebody who never answers must not hold them up again and again. */
  const doubted = new Set<string>();

  function doubt(key: string): void {
    doubted.add(key);
    if (doubted.size > MAX_DOUBTED) doubted.delete(doubted.keys().next().value as string);
  }

  async function run(lane: Lane, key: string): Promise<void> {
    for (let load = lane.loads.shift(); load !== undefined; load = lane.loads.shift()) {
      try {
        await send(load.to, load.parcel);
        doubted.delete(key);
      } catch (error) {
        doubt(key);
        const reason = error instanceof Error ? error.message : String(error);
        onLost(load.to, load.parcel, reason, isUnseen(error));
        for (const { to, parcel } of lane.loads.splice(0)) onLost(to, parcel, reason, true);
      }
      for (const proceed of lane.waiting.splice(0)) proceed();
    }
    lanes.delete(key);
  }

  return {
    async put(to, parcel) {
      const key = keyOf(to);
      let lane = lanes.get(key);
      while (lane !== undefined && lane.loads.length >= capacity) {
        if (doubted.has(key)) {
          onLost(to, parcel, "it failed before and has not caught up", true);
          return;
        }
        const { waiting } = lane;
        await new Promise<void>((resolve) => waiting.push(resolve));
        lane = lanes.get(key);
      }
      if (lane !== undefined) {
        lane.loads.push({ to, parcel });
        return;
      }
      lane = { loads: [{ to, parcel }], waiting: [] };
      lanes.set(key, lane);
      const done = run(lane, key).finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
