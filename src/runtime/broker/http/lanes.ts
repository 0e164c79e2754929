import type { Node } from "../../registry/index.ts";

/** One event on its way to one node. */
export interface Parcel {
  readonly topic: string;
  readonly body: string;
  /** Nodes that will do as well: the others of the queue it is for. */
  readonly others?: readonly Node[];
}

export interface LanesOptions {
  /** Hands a parcel over; rejects when it did not arrive. */
  readonly send: (node: Node, parcel: Parcel) => Promise<void>;
  /** Told about each parcel that the node did not take; `unseen` when it certainly has not seen it either. */
  readonly onLost: (node: Node, parcel: Parcel, reason: string, unseen: boolean) => void;
  /** Parcels that may wait for one node; then `put` waits for room. Default 64, as go-micro's inbox. */
  readonly capacity?: number | undefined;
}

/** One line of waiting parcels per node: that keeps the order, and keeps a slow node from holding up the others. */
export interface Lanes {
  /** Resolves when the parcel has found room. A lane that fails drops what waits, so that nobody waits for long. */
  put(node: Node, parcel: Parcel): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface Lane {
  node: Node;
  readonly parcels: Parcel[];
  readonly waiting: (() => void)[];
}

const UNSEEN = Symbol("unseen");

/** Marks the error of a parcel that its node has certainly not seen: another one may get it. */
export function markUnseen(error: unknown): unknown {
  return error instanceof Error ? Object.defineProperty(error, UNSEEN, { value: true }) : error;
}

function isUnseen(error: unknown): boolean {
  return error instanceof Error && UNSEEN in error;
}

export function createLanes({ send, onLost, capacity = 64 }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();

  async function run(lane: Lane): Promise<void> {
    for (let parcel = lane.parcels.shift(); parcel !== undefined; parcel = lane.parcels.shift()) {
      try {
        await send(lane.node, parcel);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        onLost(lane.node, parcel, reason, isUnseen(error));
        for (const waiting of lane.parcels.splice(0)) onLost(lane.node, waiting, reason, true);
      }
      for (const proceed of lane.waiting.splice(0)) proceed();
    }
    lanes.delete(lane.node.id);
  }

  return {
    async put(node, parcel) {
      let lane = lanes.get(node.id);
      while (lane !== undefined && lane.parcels.length >= capacity) {
        const { waiting } = lane;
        await new Promise<void>((resolve) => waiting.push(resolve));
        lane = lanes.get(node.id);
      }
      if (lane !== undefined) {
        lane.node = node;
        lane.parcels.push(parcel);
        return;
      }
      lane = { node, parcels: [parcel], waiting: [] };
      lanes.set(node.id, lane);
      const done = run(lane).finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
