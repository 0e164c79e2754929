import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, it, vi } from "vitest";
import type { Registry } from "../../../../src/runtime/registry/index.ts";
import { createMdnsRegistry } from "../../../../src/runtime/registry/mdns/index.ts";
import { startLookup } from "../../../../src/runtime/registry/mdns/lookup.ts";
import { aService } from "../../../contract/registry.ts";

const open: Registry[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const registry of open.splice(0)) await registry.close();
});
const speakOn = (address: string) => {
  const registry = createMdnsRegistry({ address });
  open.push(registry);
  return registry;
};

/** Holds a UDP port and does not share it. */
async function takePort() {
  const socket = createSocket("udp4").bind(0, "0.0.0.0");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    free: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

it("a port that somebody holds alone is a 503 that says so, and works once it is free", async () => {
  const taken = await takePort();
  const registry = speakOn(`127.0.0.1:${taken.port}`);
  await expect(registry.register(aService())).rejects.toMatchObject({
    code: 503,
    detail: `registry mdns (224.0.0.251:${taken.port} on 127.0.0.1) cannot listen: UDP port ${taken.port} is taken by a program that does not share it`,
  });
  await taken.free();
  await registry.register(aService());
});

it("a watch that cannot begin waits, and says reset when it has begun", async () => {
  const taken = await takePort();
  const registry = speakOn(`127.0.0.1:${taken.port}`);
  const iterator = registry.watch()[Symbol.asyncIterator]();
  const next = iterator.next();
  await expect(registry.getService("x")).rejects.toMatchObject({ code: 503 });
  await taken.free();
  expect(await next).toEqual({ done: false, value: { action: "reset" } });
});

it("an interface this machine does not have is a 503 that says so", async () => {
  await expect(speakOn("198.51.100.77").getService("x")).rejects.toMatchObject({
    code: 503,
    detail:
      "registry mdns (224.0.0.251:5353 on 198.51.100.77) cannot speak on 198.51.100.77: no interface of this machine has that address",
  });
});

it.each(["localhost", "127.0.0.1:0", "127.0.0.1:99999", "1.2.3", "[::1"])(
  "%s is no address to speak on",
  (address) => {
    expect(() => createMdnsRegistry({ address })).toThrow(`got ${address}`);
  },
);

it("another port is a world of its own", async () => {
  const { port, free } = await takePort();
  await free();
  const [here, alsoHere, elsewhere] = [
    speakOn(`127.0.0.1:${port}`),
    speakOn(`127.0.0.1:${port}`),
    speakOn("127.0.0.1"),
  ];
  const service = aService();
  await here.register(service);
  expect(await alsoHere.getService(service.name)).toEqual([service]);
  expect(await elsewhere.getService(service.name)).toEqual([]);
});

it.each([
  ["localhost:80", "its address localhost:80 is not an IP with a port"],
  ["127.0.0.1:0", "its address 127.0.0.1:0 has no port"],
  ["127.0.0.1", "its address 127.0.0.1 is not an IP with a port"],
])("a node at %s is refused", async (address, reason) => {
  const service = aService();
  service.nodes[0]!.address = address;
  await expect(speakOn("127.0.0.1").register(service)).rejects.toMatchObject({
    code: 400,
    detail: `registry mdns cannot carry node ${service.nodes[0]!.id} of ${service.name}: ${reason}`,
  });
});

it.each(["a".repeat(64), "a..b", Array(60).fill("abcd").join(".")])(
  "a name DNS cannot carry is refused: %s",
  async (name) => {
    const registry = speakOn("127.0.0.1");
    await expect(registry.register(aService({ name }))).rejects.toMatchObject({ code: 400 });
    expect(await registry.getService(name)).toEqual([]);
  },
);

it("nothing of a registry keeps the process alive", async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "UDPWRAP").length;
  const registry = speakOn("127.0.0.1");
  const iterator = registry.watch()[Symbol.asyncIterator]();
  void iterator.next();
  const service = aService();
  await registry.register(service);
  await registry.getService(service.name);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "UDPWRAP")).toHaveLength(before);
});

it("a question is asked again against loss: at 25, 75 and 150 ms", async () => {
  vi.useFakeTimers();
  const asked: number[] = [];
  const start = Date.now();
  const lookup = startLookup({
    question: "x.micro",
    timeoutMs: 250,
    signal: undefined,
    isComplete: () => false,
    send: async () => {
      asked.push(Date.now() - start);
    },
  });
  await vi.advanceTimersByTimeAsync(250);
  await lookup.done;
  expect(asked).toEqual([0, 25, 75, 150]);
  expect(Date.now() - start).toBe(250);
});

it("a lookup ends 50 ms after its last news, when all who are known have answered", async () => {
  vi.useFakeTimers();
  const start = Date.now();
  let complete = false;
  let endedAt = 0;
  const lookup = startLookup({
    question: "x.micro",
    timeoutMs: 250,
    signal: undefined,
    isComplete: () => complete,
    send: async () => {},
  });
  void lookup.done.then(() => {
    endedAt = Date.now() - start;
  });
  await vi.advanceTimersByTimeAsync(60);
  lookup.heard();
  await vi.advanceTimersByTimeAsync(40);
  complete = true;
  lookup.heard();
  await vi.advanceTimersByTimeAsync(100);
  expect(endedAt).toBe(150);
  expect(vi.getTimerCount()).toBe(0);
});

it("a process that was held up reads its sockets before it gives up", async () => {
  await new Promise((resolve) => setImmediate(resolve));
  const lookup = startLookup({
    question: "x.micro",
    timeoutMs: 50,
    signal: undefined,
    isComplete: () => true,
    send: async () => {},
  });
  // From here the loop runs timers first, then reads sockets, then this.
  let hasRead = false;
  setImmediate(() => {
    hasRead = true;
  });
  const until = performance.now() + 300;
  while (performance.now() < until);
  await lookup.done;
  expect(hasRead).toBe(true);
});
