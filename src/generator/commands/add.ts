import { resolve } from "node:path";
import { Option } from "commander";
import {
  type EditableSchema,
  editAddEvent,
  editAddRpc,
  editAddService,
  type Generator,
  type RpcRequest,
} from "../project/index.ts";
import { createEditCommand, editSchema, type SchemaChangeRequest, withPlanOptions } from "./edit-command.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

const examples = `
Examples:
  micro-gen add rpc Greeter.Goodbye
  micro-gen add rpc Greeter.Watch --request google.protobuf.Empty --stream server
  micro-gen add service Stock Reserve Release
  micro-gen add event OrderPlaced
  micro-gen destroy rpc Greeter.Goodbye        takes it away again

Each edits the .proto, generates, and fits the code in, as one plan. Messages that are not there are added, empty.`;

/** `micro-gen add service|rpc|event NAME`. docs/micro-gen.md tells all of it. */
export async function add(context: CommandContext, generator?: Generator): Promise<number> {
  const { cwd } = context;
  let exitCode = 0;
  const carry = async (
    options: MicroGenOptions,
    change: (editable: EditableSchema) => SchemaChangeRequest,
  ): Promise<void> => {
    exitCode = await editSchema(context, options, change, generator);
  };
  const command = createEditCommand("add", context)
    .description("Adds an rpc, a service or an event to the schemas, and brings the code in step.")
    .addHelpText("after", examples);

  withPlanOptions(command.command("rpc <name>").copyInheritedSettings(command))
    .description("an rpc: Greeter.Goodbye, or Goodbye where there is one service")
    .option("--request <type>", "message it takes; <Rpc>Request when not given")
    .option("--response <type>", "message it gives; <Rpc>Response when not given")
    .addOption(new Option("--stream <side>", "who streams").choices(["client", "server", "both"]))
    .action((name: string, options: MicroGenOptions & Omit<RpcRequest, "name">) =>
      carry(options, (editable) => ({ edits: editAddRpc(editable, { ...options, name }) })),
    );

  withPlanOptions(command.command("service <name> [rpc...]").copyInheritedSettings(command))
    .description("a service, with its first rpcs")
    .option("--file <path>", ".proto it goes to; a new one when not given")
    .action((name: string, rpcs: string[], options: MicroGenOptions & { readonly file?: string }) =>
      carry(options, (editable) => ({
        edits: editAddService(editable, name, rpcs, absolute(options.file, cwd)),
      })),
    );

  withPlanOptions(command.command("event <name>").copyInheritedSettings(command))
    .description("a message that is published, with a subscriber in the SRV")
    .option("--file <path>", ".proto it goes to; events.proto when not given")
    .option("--no-subscribe", "the message only")
    .action(
      (name: string, options: MicroGenOptions & { readonly file?: string; readonly subscribe: boolean }) =>
        carry(options, (editable) => {
          const { edits, fullName, topic } = editAddEvent(editable, name, absolute(options.file, cwd));
          const short = fullName.slice(fullName.lastIndexOf(".") + 1);
          const publish = `Publish it: await service.client.publish(${JSON.stringify(topic)}, ${short}, { ... });`;
          const event = options.subscribe ? ({ fullName, topic, action: "add" } as const) : undefined;
          return { edits, event, advice: [publish] };
        }),
    );

  await command.parseAsync(context.argv, { from: "user" });
  return exitCode;
}

function absolute(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : resolve(cwd, file);
}
