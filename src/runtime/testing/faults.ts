import type { Random } from "./random.ts";

/** Which attempts something happens to. What is not given is not asked. */
export interface FaultScope {
  /** The calling service by name; `test` is the network's own client. */
  readonly from?: string | undefined;
  /** The called service by name, or one node of it by id. */
  readonly to?: string | undefined;
  /** `greeter.Greeter/Hello`. */
  readonly method?: string | undefined;
}

/** What happens on the way from one service to another; probabilities are per attempt. */
export interface Fault extends FaultScope {
  /** Time on the way, there and back each: always so long, or between two lengths. */
  readonly delayMs?: number | readonly [min: number, max: number] | undefined;
  /** Probability that the node answers 503 instead of working on the call. */
  readonly error?: number | undefined;
  /** Probability that the request never arrives. */
  readonly dropRequest?: number | undefined;
  /** Probability that the answer never arrives, though the call was worked on. */
  readonly dropReply?: number | undefined;
  /** Probability that the connection breaks after the call was worked on. */
  readonly breakConnection?: number | undefined;
}

/** What happens to one attempt. */
export interface Fate {
  readonly delayMs: number;
  readonly replyDelayMs: number;
  readonly error: boolean;
  readonly dropRequest: boolean;
  readonly dropReply: boolean;
  readonly breakConnection: boolean;
}

/** One attempt on its way. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly node: string;
  readonly method: string;
}

/** The faults of a network at work, and who cannot reach whom. */
export interface Faults {
  /** The answer takes the fault back. */
  inject(fault: Fault): () => void;
  /** Nothing passes between the two groups, given as names of services or ids of nodes; the answer heals it. */
  partition(one: readonly string[], other: readonly string[]): () => void;
  isCut(way: Way): boolean;
  fateOf(way: Way): Fate;
}

export function createFaults(random: Random): Faults {
  const faults = new Set<Fault>();
  const cuts = new Set<readonly [ReadonlySet<string>, ReadonlySet<string>]>();
  const added = <T>(set: Set<T>, one: T) => {
    set.add(one);
    return () => void set.delete(one);
  };
  const among = (group: ReadonlySet<string>, ...names: string[]) => names.some((name) => group.has(name));

  return {
    inject: (fault) => added(faults, fault),
    partition: (one, other) => added(cuts, [new Set(one), new Set(other)]),
    isCut: ({ from, to, node }) =>
      [...cuts].some(
        ([one, other]) =>
          (among(one, from) && among(other, to, node)) || (among(other, from) && among(one, to, node)),
      ),
    fateOf(way) {
      const fate = {
        delayMs: 0,
        replyDelayMs: 0,
        error: false,
        dropRequest: false,
        dropReply: false,
        breakConnection: false,
      };
      for (const fault of faults) {
        if (!concerns(fault, way)) continue;
        fate.delayMs += lengthOf(fault.delayMs, random);
        fate.replyDelayMs += lengthOf(fault.delayMs, random);
        fate.error ||= random.chance(fault.error ?? 0);
        fate.dropRequest ||= random.chance(fault.dropRequest ?? 0);
        fate.dropReply ||= random.chance(fault.dropReply ?? 0);
        fate.breakConnection ||= random.chance(fault.breakConnection ?? 0);
      }
      return fate;
    },
  };
}

function concerns({ from, to, method }: FaultScope, way: Way): boolean {
  return (
    (from === undefined || from === way.from) &&
    (to === undefined || to === way.to || to === way.node) &&
    (method === undefined || method === way.method)
  );
}

function lengthOf(delayMs: Fault["delayMs"], random: Random): number {
  if (delayMs === undefined || typeof delayMs === "number") return delayMs ?? 0;
  return random.between(delayMs[0], delayMs[1]);
}
