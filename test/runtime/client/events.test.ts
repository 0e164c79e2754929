import { afterEach, expect, test } from "vitest";
import type { BrokerMessage } from "../../../src/runtime/broker/index.ts";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createClient } from "../../../src/runtime/client/index.ts";
import {
  type Context,
  createContext,
  currentContext,
  runInContext,
} from "../../../src/runtime/context/index.ts";
import { Metadata } from "../../../src/runtime/metadata/index.ts";
import { createServer, type ServerInterceptor } from "../../../src/runtime/server/index.ts";
import { HelloMessage } from "../protocol/greeter.ts";

const broker = createMemoryBroker();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The next event a subscriber of `topic` gets. */
async function subscriber(topic: string, interceptors: ServerInterceptor[] = [], errors: string[] = []) {
  const server = createServer({
    name: "go.micro.srv.mail",
    broker,
    interceptors,
    logger: { error: (line) => errors.push(line) },
  });
  const got = new Promise<{ name: string; context: Context; current: Context | undefined }>((resolve) => {
    server.subscribe(topic, HelloMessage, ({ name }, context) => {
      resolve({ name, context, current: currentContext() });
      if (name === "bad") throw new Error("cannot");
    });
  });
  await server.start();
  stops.push(() => server.stop());
  return { got };
}

test("when an event is published then subscribers get it with metadata, in a context", async () => {
  await broker.connect();
  const client = createClient({ name: "go.micro.web.shop", broker });
  const { got } = await subscriber("greeted");
  const context = createContext({ metadata: Metadata.from({ tenant: "blue" }) });
  await runInContext(context, () =>
    client.publish("greeted", HelloMessage, { name: "Ada" }, { metadata: { trace: "1" } }),
  );
  const event = await got;
  expect(event.name).toBe("Ada");
  expect(event.current).toBe(event.context);
  expect(event.context.method).toBe("greeted");
  expect(event.context.metadata.get("tenant")).toBe("blue");
  expect(event.context.metadata.get("trace")).toBe("1");
  expect(event.context.metadata.get("micro-from-service")).toBe("go.micro.web.shop");
});

test("when an event is published then its headers are go-micro's", async () => {
  const message = await new Promise<BrokerMessage>((resolve) => {
    void broker
      .subscribe("headers", (event) => resolve(event.message))
      .then(() => createClient({ name: "me", broker }).publish("headers", HelloMessage, { name: "Ada" }));
  });
  expect(message.header).toEqual({
    "Content-Type": "application/protobuf",
    "Micro-Topic": "headers",
    "Micro-Id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    "Micro-From-Service": "me",
  });
  expect(JSON.parse(Buffer.from(message.body).toString())).toEqual({ name: "Ada" });
});

test.each(["application/json", "application/grpc+proto", undefined])(
  "when an event comes as %s then it is decoded",
  async (contentType) => {
    const { got } = await subscriber(`typed-${contentType}`);
    const header = contentType === undefined ? {} : { "Content-Type": contentType };
    await broker.publish(`typed-${contentType}`, { header, body: Buffer.from('{"name":"Ada"}') });
    expect((await got).name).toBe("Ada");
  },
);

test("when a subscriber fails then the log has the reason", async () => {
  const errors: string[] = [];
  const { got } = await subscriber("failing", [], errors);
  await createClient({ broker }).publish("failing", HelloMessage, { name: "bad" });
  await got;
  while (errors.length === 0) await new Promise(setImmediate);
  expect(errors[0]).toContain("cannot");
});

test("when a server has interceptors then events pass through them", async () => {
  const seen: string[] = [];
  const { got } = await subscriber("watched", [
    (next) => async (call) => {
      seen.push(call.method.name);
      return next(call);
    },
  ]);
  await createClient({ broker }).publish("watched", HelloMessage, { name: "Ada" });
  await got;
  expect(seen).toEqual(["watched"]);
});

test("when a client has no broker then publishing says so", async () => {
  await expect(createClient().publish("x", HelloMessage, {})).rejects.toMatchObject({ code: 500 });
});
