import type { Output } from "./terminal.ts";

/** Tells who waits what a command is at, once it takes long. */
export interface Progress {
  /** From now on this is done: `Reading 3 schemas`. Said at once when the run is late already. */
  step(text: string): void;
  /** Until the next step nothing is done and nothing is said: a person is being asked. */
  rest(): void;
  /** Says no more, and lets the process end. */
  end(): void;
}

export interface ProgressOptions {
  /** False says nothing at all. */
  readonly shown: boolean;
  /** How long a run may take in silence. Default 1000. */
  readonly afterMs?: number;
}

/** One plain line per step that begins, or is not done, after a second: nothing to erase, and readable in a log. */
export function createProgress(output: Output, { shown, afterMs = 1000 }: ProgressOptions): Progress {
  if (!shown) return { step() {}, rest() {}, end() {} };
  const start = performance.now();
  let current: string | undefined;
  const say = (): void => {
    if (current !== undefined) output.line(`${current} ...`);
    current = undefined;
  };
  const timer = setTimeout(say, afterMs);
  return {
    step(text) {
      current = text;
      // Not left to the timer: a parser at work keeps it from running.
      if (performance.now() - start >= afterMs) say();
    },
    rest() {
      current = undefined;
    },
    end: () => clearTimeout(timer),
  };
}
