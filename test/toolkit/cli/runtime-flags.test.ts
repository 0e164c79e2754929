import { Command } from "commander";
import { expect, test } from "vitest";
import { DEFAULTS, type Kind } from "../../../src/runtime/service/defaults.ts";
import { addRuntimeFlags, runtimeArgs, withSwitchValues } from "../../../src/toolkit/cli/runtime-flags.ts";

const SKIP = "--client_tls_insecure_skip_verify";

/** What a program with one subcommand makes of the arguments. */
async function parsed(...args: string[]) {
  const program = new Command().exitOverride();
  addRuntimeFlags(program);
  let operands: string[] = [];
  program.command("call <words...>").action((words: string[]) => {
    operands = words;
  });
  await program.parseAsync(withSwitchValues(args), { from: "user" });
  return { operands, flags: runtimeArgs(program.opts()) };
}

test.each([
  ["alone before the command", [SKIP, "call", "x", "y"], "true"],
  ["alone behind it", ["call", "x", "y", SKIP], "true"],
  ["with =true", [`${SKIP}=true`, "call", "x", "y"], "true"],
  ["with =false", [`${SKIP}=false`, "call", "x", "y"], "false"],
  ["with true as the next word", [SKIP, "true", "call", "x", "y"], "true"],
  ["with false as the next word", [SKIP, "false", "call", "x", "y"], "false"],
])("when the switch stands %s then the command keeps its words", async (_, args, value) => {
  expect(await parsed(...args)).toEqual({ operands: ["x", "y"], flags: [`${SKIP}=${value}`] });
});

test("when something stands behind -- then it is nobody's flag", async () => {
  expect(await parsed("call", "--", SKIP)).toEqual({ operands: [SKIP], flags: [] });
});

const kinds: Kind[] = ["registry", "broker", "selector", "transport", "client"];
test.each(kinds)("when help is asked for then every --%s there is stands there", (kind) => {
  const program = new Command();
  addRuntimeFlags(program);
  const description = program.options.find(({ long }) => long === `--${kind}`)?.description ?? "";
  expect(description.match(/[\w-]+/g)).toEqual(expect.arrayContaining(Object.keys(DEFAULTS[kind])));
});
