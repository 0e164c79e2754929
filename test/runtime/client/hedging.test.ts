import { afterEach, expect, test } from "vitest";
import { badRequest, MicroError, unavailable } from "../../../src/runtime/errors/index.ts";
import type { CallOptions, Client } from "../../../src/runtime/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import type { TestNetwork } from "../../../src/runtime/testing/index.ts";
import { ask, startGreeter, tell, virtualNetwork } from "../testing/greeter-network.ts";

let net: TestNetwork;
afterEach(() => net.close());

interface Setup {
  readonly client: Client;
  /** When attempts arrived. */
  readonly arrivals: number[];
  readonly nodes: Set<string>;
}

/** Three nodes. The first attempt to arrive is answered as the first of `answers` says: after so long, or with an error. */
async function setUp(...answers: (number | MicroError)[]): Promise<Setup> {
  net = virtualNetwork();
  const setup = { arrivals: [] as number[], nodes: new Set<string>() };
  for (let node = 0; node < 3; node++) {
    await startGreeter(net, "d", async (_, service) => {
      const answer = answers[setup.arrivals.length] ?? 0;
      setup.arrivals.push(net.clock.now());
      setup.nodes.add(service.id);
      const name = `answer ${setup.arrivals.length}`;
      if (typeof answer !== "number") throw answer;
      await sleep(net.clock, answer);
      return { name };
    });
  }
  const { client } = await net.service({ name: "caller", calls: { retries: 2 } });
  return { client, ...setup };
}

const hedge: CallOptions = { hedgeAfterMs: 50 };

test("when the first node is silent for the time given then another one is asked, and the first answer counts", async () => {
  const { client, arrivals, nodes } = await setUp(1000, 10);
  const answer = await net.run(client.unary("d", ask, {}, hedge));
  expect(answer.name).toBe("answer 2");
  expect(net.clock.now()).toBe(60);
  expect(arrivals).toEqual([0, 50]);
  expect(nodes.size).toBe(2);
});

test("when the first one answers after all then its answer counts", async () => {
  const { client } = await setUp(80, 1000);
  expect((await net.run(client.unary("d", ask, {}, hedge))).name).toBe("answer 1");
});

test("when the first node answers in time then no other is asked", async () => {
  const { client, arrivals } = await setUp(40);
  await net.run(client.unary("d", ask, {}, hedge));
  await net.advance(1000);
  expect(arrivals).toEqual([0]);
});

test("when a node fails then the next one is asked at once", async () => {
  const { client, arrivals } = await setUp(unavailable("d", "down"), 5);
  expect((await net.run(client.unary("d", ask, {}, hedge))).name).toBe("answer 2");
  expect(arrivals).toEqual([0, 0]);
});

test("when a node asks for a pause then it gets it", async () => {
  const busy = new MicroError({ id: "d", code: 503, detail: "busy", retryAfterMs: 300 });
  const { client, arrivals } = await setUp(busy, 5);
  await net.run(client.unary("d", ask, {}, hedge));
  expect(arrivals).toEqual([0, 300]);
});

test("when all attempts fail then the error holds all of them", async () => {
  const down = ["one", "two", "three"].map((detail) => unavailable("d", detail));
  const { client, arrivals } = await setUp(...down);
  const error = await net.run(client.unary("d", ask, {}, hedge).catch((reason: MicroError) => reason));
  expect((error as MicroError).attempts.map(({ detail }) => detail)).toEqual(["one", "two", "three"]);
  expect(arrivals).toHaveLength(3);
});

test("when the caller asks wrongly then nobody else is asked", async () => {
  const { client, arrivals } = await setUp(badRequest("d", "no"));
  await expect(net.run(client.unary("d", ask, {}, hedge))).rejects.toMatchObject({ code: 400 });
  expect(arrivals).toHaveLength(1);
});

test("when nobody answers then the call ends at its deadline and leaves no timer", async () => {
  const { client } = await setUp(9000, 9000, 9000);
  const call = client.unary("d", ask, {}, { hedgeAfterMs: 50, timeoutMs: 500 });
  await expect(net.run(call)).rejects.toMatchObject({ code: 408 });
  expect(net.clock.now()).toBe(500);
  await net.advance(9000); // the handlers' own
  expect(net.waitedTimers).toBe(0);
});

test("when the caller gives up then so do all attempts", async () => {
  const { client } = await setUp(9000, 9000);
  const caller = new AbortController();
  net.clock.after(70, () => caller.abort());
  await expect(
    net.run(client.unary("d", ask, {}, { ...hedge, signal: caller.signal })),
  ).rejects.toMatchObject({
    code: 499,
  });
  expect(net.clock.now()).toBe(70);
});

test("when a method may not be called twice then asking for a hedge is an error, and a default does not hold", async () => {
  const { client } = await setUp(100);
  await expect(net.run(client.unary("d", tell, {}, hedge))).rejects.toMatchObject({
    code: 400,
    detail: expect.stringContaining("idempotency_level"),
  });
  const careful = await net.service({ name: "careful", calls: { hedgeAfterMs: 10 } });
  expect((await net.run(careful.client.unary("d", tell, {}))).name).toBe("answer 1");
});
