import { afterEach, expect, test } from "vitest";
import { createTestNetwork, standIn, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGreeterClient, Greeter } from "../service/greeter.ts";

let net: TestNetwork;
afterEach(() => net?.close());

test("when a stand-in lacks a method then that method answers 501 and the others answer", async () => {
  net = createTestNetwork();
  const name = "go.micro.srv.greeter";
  const handler = standIn(Greeter, { hello: ({ text }) => ({ text: `Hello ${text}` }) });
  await net.service({ name, setup: ({ server }) => server.handle(Greeter, handler) });
  const greeter = createGreeterClient(net.client, name);
  expect(await greeter.hello({ text: "Ada" })).toEqual({ text: "Hello Ada" });
  await expect(greeter.fail({})).rejects.toMatchObject({
    code: 501,
    detail: expect.stringContaining("fail"),
  });
});
