import { describe, expect, test } from "vitest";
import { parseNodeUses } from "../../../src/generator/fleet/index.ts";
import { createUses } from "../../../src/runtime/client/uses.ts";
import { describeUses } from "../../../src/runtime/service/describe-uses.ts";
import { Greeter } from "../../fixtures/greeter/expected/greeter.service.ts";

describe("what a node tells is read as it was meant", () => {
  test("when the runtime writes it then every word is understood", () => {
    const uses = createUses();
    uses.note("go.micro.srv.greeter", Greeter);
    uses.note("go.micro.srv.big", { ...Greeter, methods: many(200) });
    expect(parseNodeUses(describeUses(uses))).toEqual({
      kind: "told",
      more: 0,
      uses: [
        {
          service: "go.micro.srv.greeter",
          typeName: "greeter.Greeter",
          digest: Greeter.digest,
          methods: ["Hello", "Count", "Gather", "Chat"],
        },
        { service: "go.micro.srv.big", typeName: "greeter.Greeter", digest: Greeter.digest, methods: "all" },
      ],
    });
  });

  test("when there was no room then how many are missing is known", () => {
    const uses = createUses();
    for (let i = 0; i < 60; i++) uses.note(`go.micro.srv.s${i}`, Greeter);
    const read = parseNodeUses(describeUses(uses));
    expect(read).toMatchObject({ kind: "told", more: expect.any(Number) });
    if (read.kind === "told") expect(read.uses.length + read.more).toBe(60);
  });

  test("when it calls nobody then that is told", () => {
    expect(parseNodeUses(describeUses(createUses()))).toEqual({ kind: "told", uses: [], more: 0 });
  });

  test.each([
    ["nothing", undefined],
    ["off", "off"],
    ["something else", "hello world"],
    ["half a word", "go.micro.srv.greeter/greeter.Greeter@12"],
    ["an escape", "a/b@:\u001b[2J"],
    ["more than anybody writes", "a/b@:c ".repeat(1_000)],
  ])("when it says %s then it counts as untold", (_what, text) => {
    expect(parseNodeUses(text)).toEqual({ kind: "untold" });
  });
});

function many(count: number) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`m${i}`, { ...Greeter.methods.hello, name: `Method${i}` }]),
  );
}
