import type { Connection } from "@micro-service/runtime";
import { runtimeArgs, runtimeEnv } from "./runtime-flags.ts";
import type { Terminal } from "./terminal.ts";

/** How a command gets its connection; tests give one of their own. */
export type Connect = (options: Readonly<Record<string, unknown>>, terminal: Terminal) => Promise<Connection>;

/** By the global flags and the environment. The runtime is loaded here and not before: `micro --help` needs none of it. */
export const connect: Connect = async (options, terminal) => {
  const { createConnection } = await import("@micro-service/runtime");
  const line = (text: string): void => terminal.err(`${text}\n`);
  return createConnection({
    name: "go.micro.cli",
    args: runtimeArgs(options),
    env: runtimeEnv(terminal.env),
    logger: { info: line, warn: line, error: line },
  });
};

/** Runs `work` with a connection and closes it, however the work ends. */
export async function withConnection<T>(
  connecting: Promise<Connection>,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connecting;
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
