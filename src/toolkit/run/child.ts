import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes what it writes, line by line. */
  readonly onLine: (line: string) => void;
}

/** A Node process and everything it starts. */
export interface Child {
  /** Resolves when the process is gone: its exit code, or the signal's name. Never rejects. */
  readonly ended: Promise<number | string>;
  /** SIGTERM, after `graceMs` SIGKILL for the whole group. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** The processes of one `micro run`: none outlives this process, however it ends (short of SIGKILL). */
export interface Children {
  /**
   * Starts `node <args>` in a process group of its own: Ctrl-C of the terminal then reaches us alone, and we end the
   * group in order. Only the group's head gets SIGTERM (`node --watch` passes it on; a service that heard it twice
   * would drop its calls), but SIGKILL goes to all of it.
   */
  start(options: ChildOptions): Child;
  /** Forgets them; call it when all have been stopped. */
  close(): void;
}

export function createChildren(): Children {
  const grouped = process.platform !== "win32";
  const running = new Set<ChildProcess>();
  const onExit = (): void => {
    for (const child of running) killGroup(child, grouped);
  };
  process.on("exit", onExit);

  return {
    start({ args, cwd, env, onLine }) {
      const child = spawn(process.execPath, args, {
        cwd,
        env,
        detached: grouped,
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.add(child);
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", onLine);
      const ended = new Promise<number | string>((resolve) => {
        child.once("error", (error) => {
          onLine(`cannot start: ${error.message}`);
          resolve(1);
        });
        child.once("exit", (code, signal) => resolve(code ?? signal ?? 1));
      });
      return {
        ended,
        async stop(graceMs) {
          child.kill("SIGTERM");
          const cut = setTimeout(() => killGroup(child, grouped), graceMs);
          await ended;
          clearTimeout(cut);
          // What the head left behind: a grandchild that ignored the signal.
          killGroup(child, grouped);
          running.delete(child);
        },
      };
    },
    close() {
      process.off("exit", onExit);
    },
  };
}

function killGroup(child: ChildProcess, grouped: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(grouped ? -child.pid : child.pid, "SIGKILL");
  } catch {
    // ESRCH: nobody is left, which is what we want.
  }
}
