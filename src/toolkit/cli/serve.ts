import { once } from "node:events";
import { describeRegistry, type Registry } from "@micro-service/runtime";
import { AddressTakenError } from "../gateway/edge-server.ts";
import { CommandError, ExitCode, usageError } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";

interface Listening {
  listen(address: string): Promise<string>;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** For the line that says what runs: `micro api for go.micro.api.*`. */
  readonly what: string;
  readonly address: string;
  /** The flag that sets the address, for the line that says it is taken. */
  readonly flag: string;
  readonly registry: Registry;
  readonly scheme: "http" | "https";
}

/** Listens, says where in one line, and closes in order when interrupted. */
export async function serveUntilInterrupted(
  server: Listening,
  { what, address, flag, registry, scheme }: ServeOptions,
  terminal: Terminal,
): Promise<void> {
  const signal = terminal.onInterrupt();
  let bound: string;
  try {
    bound = await server.listen(address);
  } catch (error) {
    if (error instanceof AddressTakenError) {
      throw new CommandError(ExitCode.failure, `${error.message}: choose another with ${flag}`);
    }
    if (error instanceof TypeError) throw usageError(`${flag}: ${error.message}`);
    throw new CommandError(ExitCode.failure, `cannot listen on ${address}: ${(error as Error).message}`);
  }
  const where = describeRegistry(registry);
  terminal.err(`${what} listens on ${scheme}://${bound}, registry ${where}\n`);
  if (!signal.aborted) await once(signal, "abort");
  await server.close();
}
