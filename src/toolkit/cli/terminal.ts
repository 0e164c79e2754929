import type { Readable } from "node:stream";

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Everything that is no result. */
  err(text: string): void;
  readonly input: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when colour may be written to `out`. */
  readonly color: boolean;
  /** Aborts on the first SIGINT, SIGTERM or SIGHUP from now on; a second one ends the process. */
  onInterrupt(): AbortSignal;
}

/** npm passes on the Ctrl-C that the terminal has sent us already: signals this close together are one. */
const SAME_INTERRUPT_MS = 500;

/** The terminal of this process. Colour only on a real one, by NO_COLOR, FORCE_COLOR and TERM. */
export function createProcessTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // `micro list services | head -1`: nobody reads on, which is no failure.
      if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  let interruption: AbortController | undefined;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    input: process.stdin,
    env,
    color: wantsColor(stdout.isTTY, env),
    onInterrupt() {
      if (interruption === undefined) {
        const controller = new AbortController();
        interruption = controller;
        let first = 0;
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
          process.on(signal, () => {
            if (!controller.signal.aborted) {
              first = Date.now();
              controller.abort(signal);
            } else if (Date.now() - first > SAME_INTERRUPT_MS) process.exit(1);
          });
        }
      }
      return interruption.signal;
    },
  };
}

function wantsColor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return true;
  return isTerminal && env.TERM !== "dumb";
}
