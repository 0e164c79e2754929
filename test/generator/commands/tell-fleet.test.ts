import { expect, test } from "vitest";
import { tellFleet } from "../../../src/generator/commands/tell-fleet.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";

test("whatever somebody registers as name and version, it stays one harmless line", () => {
  const member = {
    name: "go.micro.srv.\u001b[2Jevil\nNo running consumer is known that this would break.",
    version: "1\r\n\u202e\u0007",
    nodes: 1,
    uses: { kind: "untold" },
  } as const;
  let text = "";
  const stream = {
    write: (chunk: string) => {
      text += chunk;
    },
  };
  const terminal = createTerminal({ stdout: stream, stderr: stream, env: {}, argv: [] });
  tellFleet(
    [
      {
        service: "go.micro.srv.shop",
        running: "version 1, 1 node",
        changes: [],
        breaks: [],
        outdated: [member],
        consumers: [member],
      },
    ],
    terminal,
    {
      fleet: { records: [], members: [member] },
      registry: "mdns",
      gate: undefined,
      locate: () => undefined,
      quiet: false,
    },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(text.match(/^No running consumer/gm)).toHaveLength(1);
  expect(text).toContain("evil\\u000aNo running");
});
