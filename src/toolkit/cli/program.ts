import { Command, CommanderError, Option } from "commander";
import { collectPair } from "./collect-pair.ts";
import type { Connect } from "./connect.ts";
import { addDebugCommands } from "./debug-commands.ts";
import { addRuntimeFlags } from "./runtime-flags.ts";
import { addServerCommands } from "./server-commands.ts";
import type { Terminal } from "./terminal.ts";

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly connect: Connect;
  readonly version: string;
}

const EXAMPLES = `
Examples:
  micro list services
  micro call go.micro.srv.greeter Greeter.Hello '{"name":"Ada"}'
  micro api --namespace com.example.api
  micro --registry etcd --registry_address 127.0.0.1:2379 get service go.micro.srv.greeter
  micro run

Exit codes: 0 done, 1 failed, 2 the command line makes no sense. Options of micro itself may stand anywhere.`;

/** The commands of `micro`. What a command does is loaded when it runs, so that help and mistakes are quick. */
export function createProgram({ terminal, connect, version }: ProgramOptions): Command {
  const program = new Command("micro")
    .description("Calls, lists and fronts micro services.")
    .version(`micro version ${version}`, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    // Half the world's programs have it in upper case.
    .addOption(new Option("-V").hideHelp())
    .on("option:V", () => {
      terminal.out(`micro version ${version}\n`);
      throw new CommanderError(0, "commander.version", version);
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES)
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHasColors: () => terminal.color,
      getErrHasColors: () => false,
    })
    .exitOverride();
  addRuntimeFlags(program);
  const flagsOf = <T>(command: Command): T => command.optsWithGlobals() as T;

  program
    .command("list")
    .description("list what the registry knows")
    .command("services")
    .description("names of all services, one per line")
    .option("--json", 'print {"services": [...]}')
    .action(async (_options, command: Command) => {
      const { listServices } = await import("./commands/list-services.ts");
      await listServices(flagsOf(command), terminal, connect);
    });

  program
    .command("get")
    .description("look one thing up")
    .command("service <name>")
    .description("nodes and endpoints of a service")
    .option("--json", "print the registry's records")
    .action(async (name: string, _options, command: Command) => {
      const { getService } = await import("./commands/get-service.ts");
      await getService(name, flagsOf(command), terminal, connect);
    });

  addCallFlags(
    program
      .command("call <service> <endpoint> [json...]")
      .description(`call an endpoint: micro call go.micro.srv.greeter Greeter.Hello '{"name":"Ada"}'`)
      .option("--json", "print the reply as one line of JSON"),
  ).action(async (service: string, endpoint: string, json: string[], _options, command: Command) => {
    const { call } = await import("./commands/call.ts");
    await call(service, endpoint, json, flagsOf(command), terminal, connect);
  });

  addCallFlags(
    program
      .command("stream <service> <endpoint> [json...]")
      .description(
        "call a streaming endpoint; each JSON is a message, - reads one per line of standard input",
      ),
  )
    .option("--json", "print one line of JSON per message")
    .action(async (service: string, endpoint: string, json: string[], _options, command: Command) => {
      const { stream } = await import("./commands/stream.ts");
      await stream(service, endpoint, json, flagsOf(command), terminal, connect);
    });

  program
    .command("publish <topic> <json...>")
    .description("publish an event")
    .addOption(metadataOption())
    .action(async (topic: string, json: string[], _options, command: Command) => {
      const { publish } = await import("./commands/publish.ts");
      await publish(topic, json, flagsOf(command), terminal, connect);
    });

  program
    .command("health <service> [more]")
    .usage("<service> | check <service>")
    .description("ask every node of a service how it is")
    .option("--address <host:port>", "ask this node only")
    .option("--timeout <duration>", "time for each node", "2s")
    .option("--json", "print JSON")
    .action(async (first: string, second: string | undefined, _options, command: Command) => {
      const name = first === "check" ? second : second === undefined ? first : undefined;
      if (name === undefined)
        command.error("error: micro health takes one service: micro health go.micro.srv.greeter");
      const { health } = await import("./commands/health.ts");
      await health(name, flagsOf(command), terminal, connect);
    });

  addDebugCommands(program, { terminal, connect });
  addServerCommands(program, { terminal, connect, version });

  program
    .command("version")
    .description("print the version")
    .action(() => terminal.out(`micro version ${version}\n`));
  return program;
}

function metadataOption(): Option {
  return new Option("--metadata <key=value>", "send along; repeatable")
    .env("MICRO_METADATA")
    .argParser(collectPair);
}

function addCallFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--address <host:port>", "call this node instead of a found one").env("MICRO_ADDRESS"),
    )
    .addOption(
      new Option("-o, --output <format>", "json is indented, raw as received")
        .choices(["json", "raw"])
        .default("json")
        .env("MICRO_OUTPUT"),
    )
    .addOption(metadataOption())
    .option("--timeout <duration>", "time for the whole call");
}
