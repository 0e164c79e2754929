import {
  type EditableSchema,
  editDestroyEvent,
  editDestroyRpc,
  editDestroyService,
  type Generator,
  type Manifest,
  type Recalled,
  readManifest,
} from "../project/index.ts";
import { createEditCommand, editSchema, type SchemaChangeRequest, withPlanOptions } from "./edit-command.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

const examples = `
Examples:
  micro-gen destroy rpc Greeter.Goodbye
  micro-gen destroy service Stock
  micro-gen destroy event OrderPlaced

Undoes what micro-gen add did, while nobody changed it; else says what was changed, and changes nothing.`;

type Change = (editable: EditableSchema, name: string, manifest: Manifest) => SchemaChangeRequest;

/** `micro-gen destroy service|rpc|event NAME`: the way back of `add`. */
export async function destroy(context: CommandContext, generator?: Generator): Promise<number> {
  let exitCode = 0;
  const command = createEditCommand("destroy", context)
    .description("Takes an rpc, a service or an event away that micro-gen added and nobody changed.")
    .addHelpText("after", examples);
  const offer = (usage: string, description: string, change: Change): void => {
    withPlanOptions(command.command(usage).copyInheritedSettings(command))
      .description(description)
      .action(async (name: string, options: MicroGenOptions) => {
        const carried = async (editable: EditableSchema) =>
          change(editable, name, await readManifest(editable.generation.root));
        exitCode = await editSchema(context, options, carried, generator);
      });
  };

  offer(
    "rpc <name>",
    "an rpc, its member in the handler, and messages that only it used",
    (editable, name) => ({
      ...editDestroyRpc(editable, name),
      refuse: whenTold(/^rpc \S+ is no longer/),
    }),
  );
  offer(
    "service <name>",
    "a service, its handler, and messages that only it used",
    (editable, name, manifest) => ({
      ...editDestroyService(editable, name, manifest),
      refuse: whenTold(/^service \S+ is no longer/),
    }),
  );
  offer("event <name>", "a message that is published, and its subscriber", (editable, name, manifest) => {
    const { edits, fullName, topic } = editDestroyEvent(editable, name, manifest);
    return {
      edits,
      fullName,
      event: { fullName, topic, action: "remove" },
      refuse: whenTold(/^message \S+ is no longer/),
    };
  });

  await command.parseAsync(context.argv, { from: "user" });
  return exitCode;
}

/** What micro-gen would leave to the user was written by the user: it is theirs to take away. */
function whenTold(pattern: RegExp): (notes: Recalled["notes"]) => string | undefined {
  return (notes) => {
    const found = notes.filter(({ message }) => pattern.test(message));
    if (found.length === 0) return undefined;
    const places = found.map(({ path, line, column }) => `${path}:${line}:${column}`).join(", ");
    return `Your code uses it, or was written for it (${places}); take that away first. Nothing was written.`;
  };
}
