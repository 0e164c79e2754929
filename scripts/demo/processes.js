// Starts the demo's processes, keeps what they say, and leaves none behind.
import { spawn } from "node:child_process";

const STOP_GRACE_MS = 8_000;

/** A set of running programs that end together. */
export class Processes {
  #running = new Map();

  /**
   * @param {string} name shown when it fails
   * @param {string} program
   * @param {readonly string[]} args
   * @param {{cwd: string, env: NodeJS.ProcessEnv}} options
   */
  start(name, program, args, { cwd, env }) {
    // A group of its own, so that a program which starts others takes them along.
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const entry = { child, output: "", ended: undefined };
    const keep = (chunk) => {
      entry.output = (entry.output + chunk).slice(-8_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    entry.ended = new Promise((resolve) => {
      child.on("error", (error) => {
        keep(error.message);
        resolve("could not start");
      });
      child.on("close", (code, signal) => resolve(signal ?? `code ${code}`));
    });
    this.#running.set(name, entry);
  }

  /** Throws when one has ended: in a demo all are there to stay. */
  checkAlive() {
    for (const [name, { child, output }] of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        throw new Error(
          `${name} ended early (${child.signalCode ?? `code ${child.exitCode}`})\n${output.trimEnd()}`,
        );
      }
    }
  }

  /** SIGTERM to all, SIGKILL to what is left after the grace. */
  async stop() {
    const entries = [...this.#running.values()];
    for (const { child } of entries) signalGroup(child, "SIGTERM");
    const kill = setTimeout(() => {
      for (const { child } of entries) signalGroup(child, "SIGKILL");
    }, STOP_GRACE_MS);
    await Promise.all(entries.map(({ ended }) => ended));
    clearTimeout(kill);
    this.#running.clear();
  }
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what we wanted.
  }
}
