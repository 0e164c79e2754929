import { readFileSync } from "node:fs";
import { createTestNetwork, type TestNetwork } from "@micro-service/runtime/testing";
import { afterEach, expect, test } from "vitest";
import { Greeter } from "../../fixtures/docs/publishing-handler.ts";
import {
  createGreeterClient,
  Greeter as GreeterType,
} from "../../fixtures/greeter/expected/greeter.service.ts";
import { HelloResponse } from "../../fixtures/greeter/expected/greeter.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

let net: TestNetwork | undefined;
afterEach(() => net?.close());

test("when the page about events shows a handler that publishes then it is this one", () => {
  const fixture = read("test/fixtures/docs/publishing-handler.ts");
  expect(read("docs/events.md")).toContain(fixture.slice(fixture.indexOf("export class")).trimEnd());
});

test("when a handler is given the client then what it publishes arrives", async () => {
  net = createTestNetwork();
  const { hello } = GreeterType.methods;
  const name = "go.micro.srv.greeter";
  let hear: (msg: string) => void = () => {};
  const heard = new Promise<string>((resolve) => {
    hear = resolve;
  });
  // Who is not there yet hears nothing.
  await net.service({
    name: "go.micro.srv.listener",
    setup: ({ server }) => server.subscribe("greeter.greeted", HelloResponse, ({ msg }) => hear(msg)),
  });
  await net.service({
    name,
    setup: ({ server, client }) =>
      server.handle({ typeName: GreeterType.typeName, methods: { hello } }, new Greeter(client)),
  });
  expect(await createGreeterClient(net.client, name).hello({ name: "Ada" })).toEqual({ msg: "Hello Ada" });
  expect(await heard).toBe("Hello Ada");
});
