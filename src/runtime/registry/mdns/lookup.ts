import { DNS_TYPES } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";

/** Asked again at these times, because a datagram may be lost. */
const ASK_AT_MS = [0, 25, 75, 150];
/** Once something was found: others answer the same question within this, or are on their way by the watch. */
const QUIET_MS = 50;

/**
 * A timer this late says that the process was held up; it runs before the sockets are read, where answers may be
 * waiting. Then the time is given again.
 */
const LATE_MS = 10;
/** ... but not without end. */
const MAX_EXTENSIONS = 10;

export interface LookupInit {
  /** Asked for with type PTR. */
  readonly question: string;
  /** How long to listen when nothing answers, or somebody known does not. */
  readonly timeoutMs: number;
  readonly send: (packet: Buffer) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** Enough was heard for ending early once it is quiet. */
  readonly isComplete: () => boolean;
}

/** A question under way. */
export interface Lookup {
  readonly question: string;
  /** Somebody new answered. */
  heard(): void;
  /** Ends it now; `reason` makes it reject. */
  stop(reason?: unknown): void;
  readonly done: Promise<void>;
}

/**
 * Asks the link and listens. go-micro always listens for 100 ms; this one ends 50 ms after the last new answer when all
 * who were known have answered, and goes on to `timeoutMs` otherwise.
 */
export function startLookup(init: LookupInit): Lookup {
  const { question, signal } = init;
  const timers: NodeJS.Timeout[] = [];
  let quiet: NodeJS.Timeout | undefined;
  let end: NodeJS.Timeout | undefined;
  let settle: (reason?: unknown) => void = () => {};
  const done = new Promise<void>((resolve, reject) => {
    settle = (reason) => {
      for (const timer of timers) clearTimeout(timer);
      clearTimeout(quiet);
      clearTimeout(end);
      signal?.removeEventListener("abort", abort);
      if (reason === undefined) resolve();
      else reject(reason);
    };
  });
  const abort = () => settle(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });

  const id = Math.floor(Math.random() * 65_536);
  const packet = encodeMessage({
    id,
    questions: [{ name: question, type: DNS_TYPES.PTR, wantsUnicast: false }],
  });
  const ask = () => {
    init.send(packet).catch(settle);
  };
  let extensions = MAX_EXTENSIONS;
  /** Calls back after `delayMs` during which the process could read its sockets. */
  const after = (delayMs: number, again: () => void, callback: () => void): NodeJS.Timeout => {
    const due = performance.now() + delayMs;
    return setTimeout(() => {
      if (performance.now() - due > LATE_MS && extensions-- > 0) again();
      else callback();
    }, delayMs);
  };
  const endWhenQuiet = () => {
    clearTimeout(quiet);
    quiet = after(QUIET_MS, endWhenQuiet, () => {
      if (init.isComplete()) settle();
    });
  };
  const endAfter = (delayMs: number) => {
    end = after(
      delayMs,
      () => endAfter(QUIET_MS),
      () => settle(),
    );
  };
  // Unlike all others these timers hold the process: somebody awaits the answer.
  for (const at of ASK_AT_MS) if (at > 0 && at < init.timeoutMs) timers.push(setTimeout(ask, at));
  endAfter(init.timeoutMs);
  ask();
  endWhenQuiet();
  return { question, heard: endWhenQuiet, stop: settle, done };
}
