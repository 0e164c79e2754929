import { type Command, Option } from "commander";
import type { Connect } from "./connect.ts";
import type { Terminal } from "./terminal.ts";

export interface DebugCommandsOptions {
  readonly terminal: Terminal;
  readonly connect: Connect;
}

/** `micro stats`, `micro log` and `micro trace`: what the nodes of a service tell of themselves. */
export function addDebugCommands(program: Command, { terminal, connect }: DebugCommandsOptions): void {
  const flagsOf = <T>(command: Command): T => command.optsWithGlobals() as T;

  addNodeFlags(
    program.command("stats <service>").description("what every node of a service counted since its start"),
  ).action(async (service: string, _options, command: Command) => {
    const { stats } = await import("./commands/stats.ts");
    await stats(service, flagsOf(command), terminal, connect);
  });

  addNodeFlags(
    program
      .command("log <service>")
      .alias("logs")
      .description("last lines of the log of every node, by time")
      .option("-n, --count <lines>", "the last so many of each node")
      .option("--since <duration>", "not older than that")
      .option("-f, --follow", "go on with what is written, until Ctrl-C")
      // go-micro's name of it.
      .addOption(new Option("--stream").implies({ follow: true }).hideHelp())
      .option(
        "--level <level>",
        "do not read, but let the nodes write from this level on: debug, info, warn, error",
      )
      .option("--for <duration>", "how long --level counts", "10m"),
  ).action(async (service: string, _options, command: Command) => {
    const { log } = await import("./commands/log.ts");
    await log(service, flagsOf(command), terminal, connect);
  });

  addNodeFlags(
    program
      .command("trace <service...>")
      .description("last calls of services, those of one trace below each other")
      .option("--id <trace>", "this trace only"),
  ).action(async (services: string[], _options, command: Command) => {
    const { trace } = await import("./commands/trace.ts");
    await trace(services, flagsOf(command), terminal, connect);
  });
}

function addNodeFlags(command: Command): Command {
  return command
    .option("--address <host:port>", "ask this node only")
    .option("--timeout <duration>", "time for each node", "2s")
    .option("--json", "print JSON");
}
