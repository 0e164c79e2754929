import { PassThrough } from "node:stream";
import type { Terminal } from "../../../src/toolkit/cli/terminal.ts";

/** A terminal that keeps what is written to it. */
export interface FakeTerminal extends Terminal {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Ctrl-C. */
  interrupt(): void;
  readonly input: PassThrough;
}

export function createFakeTerminal(env: Record<string, string> = {}): FakeTerminal {
  let stdout = "";
  let stderr = "";
  const controller = new AbortController();
  return {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    input: new PassThrough(),
    env,
    color: false,
    onInterrupt: () => controller.signal,
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt: () => controller.abort(),
  };
}
