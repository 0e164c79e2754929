import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The folders of test/interop/go-micro that hold a module, and what they build against. */
export const GO_MICRO_VERSIONS = { v1: "v1.18.0", v2: "v2.9.1", v5: "v5.30.0" } as const;
export type GoMicroVersion = keyof typeof GO_MICRO_VERSIONS;

const sources = (version: GoMicroVersion) =>
  fileURLToPath(new URL(`../interop/go-micro/${version}/`, import.meta.url));
/** Outside git, and kept: Go's own cache makes the next build a matter of a second. */
const cache = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
  "create-micro-service",
  "go-micro",
);

/** Why no peer can be built here; undefined when one can. */
export async function whyNoGo(): Promise<string | undefined> {
  return run("go", ["version"]).then(
    () => undefined,
    () => "there is no go",
  );
}

/**
 * Builds the peer of a version, nicely; resolves to its program. The module proxy is asked for what go.sum names. With the
 * tag `nogrpc` the peer has no gRPC, where the version leaves a choice.
 */
export async function buildGoMicroPeer(version: GoMicroVersion, tag = ""): Promise<string> {
  await mkdir(cache, { recursive: true });
  const program = join(cache, `${version}${tag}`);
  const args = [
    "-n",
    "10",
    "go",
    "build",
    "-mod=readonly",
    "-buildvcs=false",
    "-tags",
    tag,
    "-o",
    program,
    ".",
  ];
  await run("nice", args, { cwd: sources(version), maxBuffer: 16 * 1024 * 1024 });
  return program;
}

/** What a peer is told; see Command in peer.go. */
export interface PeerCommand {
  readonly do: "call" | "count" | "abandon" | "join" | "chat" | "publish";
  readonly service?: string;
  readonly endpoint?: string;
  readonly address?: string;
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly names?: readonly string[];
  readonly topic?: string;
}

export interface PeerAnswer {
  readonly value?: unknown;
  readonly error?: {
    readonly id: string;
    readonly code: number;
    readonly detail: string;
    readonly text: string;
  };
}

export interface PeerEvent {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** A running go-micro service, which is also a client. */
export class GoMicroPeer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (answer: PeerAnswer) => void>();
  readonly #events: PeerEvent[] = [];
  #onEvent: (() => void)[] = [];
  #lastId = 0;
  #log = "";

  constructor(program: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, flags, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (text) => {
      this.#log += text;
    });
    this.#child.on("exit", () => this.#wake());
    createInterface(this.#child.stdout as NodeJS.ReadableStream).on("line", (line) => {
      if (!line.startsWith("{")) return; // v1 logs to standard output
      const said = JSON.parse(line) as PeerEvent & PeerAnswer & { id?: number };
      if (said.id === undefined) this.#events.push(said);
      else this.#answers.get(said.id)?.(said);
      this.#wake();
    });
  }

  /** What it logged. */
  get log(): string {
    return this.#log;
  }

  /** Its address, once it listens. Rejects with its log when it ends before. */
  async ready(): Promise<string> {
    return (await this.heard("ready")).address as string;
  }

  /** The next event of a name that nobody took yet. */
  async heard(name: string): Promise<PeerEvent> {
    for (;;) {
      const index = this.#events.findIndex(({ event }) => event === name);
      if (index >= 0) return this.#events.splice(index, 1)[0] as PeerEvent;
      if (this.#child.exitCode !== null) throw new Error(`the peer ended: ${this.#log}`);
      await new Promise<void>((resolve) => this.#onEvent.push(resolve));
    }
  }

  ask(command: PeerCommand): Promise<PeerAnswer> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#child.stdin?.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  /** Lets it deregister and end. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  }

  /** Ends it without a word to anybody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** The events of a name that came so far and nobody took. */
  events(name: string): PeerEvent[] {
    return this.#events.filter(({ event }) => event === name);
  }

  #wake(): void {
    for (const resolve of this.#onEvent.splice(0)) resolve();
  }
}
