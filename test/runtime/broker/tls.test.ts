import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createHttpBroker, type HttpBrokerOptions } from "../../../src/runtime/broker/http/index.ts";
import type { Broker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import { createGate } from "../../contract/broker.ts";
import { type Authority, createAuthority, type Issued } from "../../support/certificates.ts";

let folder: string;
let authority: Authority;
let one: Issued;
let other: Issued;
let stranger: Issued;
let registry: Registry;
const open: Broker[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-broker-"));
  authority = createAuthority(folder);
  one = authority.issue("one", { names: ["go.micro.srv.one"] });
  other = authority.issue("other", { names: ["go.micro.srv.other"] });
  stranger = createAuthority(folder, "stranger").issue("nobody", { names: ["go.micro.srv.one"] });
});
afterEach(async () => {
  for (const broker of open.splice(0)) await broker.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A service's broker and what it could not do. */
async function start(options: Partial<HttpBrokerOptions>) {
  const problems: string[] = [];
  const broker = createHttpBroker({ registry, onProblem: (line) => problems.push(line), ...options });
  await broker.connect();
  open.push(broker);
  return { broker, problems };
}

const secured = (own: Issued): Partial<HttpBrokerOptions> => ({
  tls: { ...own, clientCaFile: authority.caFile },
  clientTls: { ...own, caFile: authority.caFile },
});
const event = { header: {}, body: Buffer.from("hello") };

test("when both sides have certificates then events go over TLS, whoever subscribes", async () => {
  registry = createMemoryRegistry();
  const subscriber = await start(secured(one));
  const publisher = await start(secured(other));
  const arrived = createGate<string>();
  await subscriber.broker.subscribe("news", ({ message }) =>
    arrived.open(Buffer.from(message.body).toString()),
  );
  const [record] = (await registry.listServices()).map(({ name }) => name);
  const [found] = await registry.getService(record as string);
  expect(found?.nodes[0]?.metadata.secure).toBe("true");
  await publisher.broker.publish("news", event);
  expect(await arrived.opened).toBe("hello");
});

test.each<[string, () => Partial<HttpBrokerOptions>]>([
  ["shows a certificate of another authority", () => ({ tls: stranger })],
  ["speaks plain text", () => ({})],
])("when a subscriber %s then the event is lost, and not told to it", async (_, options) => {
  registry = createMemoryRegistry();
  const eavesdropper = await start(options());
  const publisher = await start(secured(one));
  const heard: unknown[] = [];
  await eavesdropper.broker.subscribe("news", (message) => void heard.push(message));
  await publisher.broker.publish("news", event);
  await expect.poll(() => publisher.problems).toEqual([expect.stringMatching(/event of topic news lost/)]);
  expect(heard).toEqual([]);
});

test("when a publisher shows no certificate then its event is not taken", async () => {
  registry = createMemoryRegistry();
  const subscriber = await start(secured(one));
  const publisher = await start({ clientTls: { caFile: authority.caFile } });
  const heard: unknown[] = [];
  await subscriber.broker.subscribe("news", (message) => void heard.push(message));
  await publisher.broker.publish("news", event);
  await expect.poll(() => publisher.problems).toEqual([expect.stringMatching(/event of topic news lost/)]);
  expect(heard).toEqual([]);
});
