import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { createMemoryRegistry, type Node } from "../../../src/runtime/registry/index.ts";
import { createSelector } from "../../../src/runtime/selector/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter } from "../protocol/greeter.ts";

const NAME = "go.micro.srv.greeter";
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A node that takes every call and says it did not. */
async function liar(onCall: () => void): Promise<string> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream) => {
    onCall();
    stream.on("error", () => {});
    stream.close(constants.NGHTTP2_REFUSED_STREAM);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const session of sessions) session.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function clientOf(nodes: readonly Node[]) {
  const registry = createMemoryRegistry();
  await registry.register({ name: NAME, version: "1", metadata: {}, endpoints: [], nodes: [...nodes] });
  const selector = createSelector({ registry });
  const client = createClient({ transport: createTcpTransport(), selector, random: () => 0 });
  cleanups.push(
    () => registry.close(),
    () => selector.close(),
    () => client.close(),
  );
  return client;
}

test("when many nodes refuse every call then the retry budget limits how often it is made again", async () => {
  let hits = 0;
  const nodes: Node[] = [];
  for (let index = 0; index < 12; index++) {
    const address = await liar(() => {
      hits += 1;
    });
    nodes.push({ id: `n${index}`, address, metadata: { protocols: "grpc" } });
  }
  const client = await clientOf(nodes);
  for (let call = 0; call < 100; call++) {
    const failing = client.unary(NAME, Greeter.methods.hello, {});
    await expect(failing).rejects.toMatchObject({ code: 503 });
  }
  // Two each, a fifth of the calls, and ten a second for ten seconds.
  expect(hits).toBeGreaterThan(200);
  expect(hits).toBeLessThanOrEqual(320);
});
