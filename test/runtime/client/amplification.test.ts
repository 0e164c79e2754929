import { afterEach, expect, test } from "vitest";
import { MicroError, unavailable } from "../../../src/runtime/errors/index.ts";
import type { Service } from "../../../src/runtime/index.ts";
import type { TestNetwork } from "../../../src/runtime/testing/index.ts";
import { ask, offer, startGreeter, virtualNetwork } from "../testing/greeter-network.ts";

let net: TestNetwork;
afterEach(() => net.close());

function fails(): never {
  throw unavailable("d", "down");
}

test("when a service is down then it gets at most 1.21 times its load, and all it asks for when it is back", async () => {
  net = virtualNetwork();
  let arrived = 0;
  let isDown = true;
  await startGreeter(net, "d", (request) => {
    // What is repeated after the last call came in is no load beside other load.
    if (net.clock.now() < 10_000) arrived += 1;
    return isDown ? fails() : request;
  });
  const { client } = await net.service({ name: "caller", calls: { retries: 5 } });
  const call = () => client.unary("d", ask, { name: "x" });
  const down = await offer(net, { perSecond: 1000, seconds: 10 }, call);
  expect(down.every(({ status }) => status === "rejected")).toBe(true);
  const amplification = arrived / down.length;
  expect(amplification).toBeGreaterThan(1.15); // it did try
  expect(amplification).toBeLessThanOrEqual(1.21);
  isDown = false;
  const back = await offer(net, { perSecond: 1000, seconds: 2 }, call);
  expect(back.every(({ status }) => status === "fulfilled")).toBe(true);
});

test("when the last of three services is down then it gets at most 1.5 times its load", async () => {
  net = virtualNetwork();
  let arrived = 0;
  await startGreeter(net, "d", () => {
    arrived += 1;
    return fails();
  });
  for (const [name, next] of [
    ["c", "d"],
    ["b", "c"],
  ] as const) {
    const forward = (request: object, service: Service) => service.client.unary(next, ask, request);
    await startGreeter(net, name, forward, { calls: { retries: 3 } });
  }
  const { client } = await net.service({ name: "a", calls: { retries: 3 } });
  const outcomes = await offer(net, { perSecond: 500, seconds: 10 }, () => client.unary("b", ask, {}));
  const amplification = arrived / outcomes.length;
  expect(amplification).toBeGreaterThan(1.1);
  expect(amplification).toBeLessThanOrEqual(1.5);
});

test("when one of five nodes always fails then hardly any caller notices", async () => {
  net = virtualNetwork();
  let arrived = 0;
  for (let node = 0; node < 5; node++) {
    await startGreeter(net, "d", (request) => {
      arrived += 1;
      return node === 3 ? fails() : request;
    });
  }
  const outcomes = await offer(net, { perSecond: 200, seconds: 20 }, () => net.client.unary("d", ask, {}));
  const failed = outcomes.filter(({ status }) => status === "rejected").length;
  expect(failed / outcomes.length).toBeLessThanOrEqual(0.001);
  expect(arrived / outcomes.length).toBeLessThanOrEqual(1.21);
});

test("when calls are repeated then the error of the call holds the error of every attempt", async () => {
  net = virtualNetwork();
  let arrived = 0;
  await startGreeter(net, "d", () => {
    arrived += 1;
    throw unavailable("d", `down ${arrived}`);
  });
  const call = net.client.unary("d", ask, {}, { retries: 2 });
  const error = await net.run(call.catch((reason: MicroError) => reason));
  expect((error as MicroError).attempts.map(({ detail }) => detail)).toEqual(["down 1", "down 2", "down 3"]);
});

test("when a service has given up on another then its caller does not try again", async () => {
  net = virtualNetwork();
  const arrived = { d: 0, c: 0 };
  await startGreeter(net, "d", () => {
    arrived.d += 1;
    return fails();
  });
  await startGreeter(net, "c", (request, service) => {
    arrived.c += 1;
    return service.client.unary("d", ask, request);
  });
  const error = await net.run(net.client.unary("c", ask, {}).catch((reason: MicroError) => reason));
  expect(error).toMatchObject({ code: 503, retryAfterMs: -1 });
  expect(arrived).toEqual({ c: 1, d: 2 });
});

test.each([
  ["that time is waited", 400, 2, 400],
  ["and that time is beyond the deadline then nobody waits for it", 60_000, 1, 0],
  ["and says never then the call is not repeated", -1, 1, 0],
  ["and says nonsense then the call is not repeated", Number.NaN, 1, 0],
])("when the peer says when to come again %s", async (_, retryAfterMs, attempts, waited) => {
  net = virtualNetwork();
  const times: number[] = [];
  await startGreeter(net, "d", () => {
    times.push(net.clock.now());
    throw new MicroError({ id: "d", code: 503, detail: "busy", retryAfterMs });
  });
  await net.run(net.client.unary("d", ask, {}).catch(() => {}));
  expect(times).toHaveLength(attempts);
  expect((times.at(-1) as number) - (times[0] as number)).toBe(waited);
});
