import { describe, expect, test } from "vitest";
import { checkPolicy } from "../../../src/runtime/client/index.ts";
import {
  type ClientOptions,
  createClient,
  createService,
  type MicroError,
  silentLogger,
} from "../../../src/runtime/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import { createTestNetwork } from "../../../src/runtime/testing/index.ts";
import { ask, startGreeter, tell, virtualNetwork } from "../testing/greeter-network.ts";

describe("options that make no sense", () => {
  test.each<[string, object, string]>([
    ["a typing mistake", { timeoutMS: 5 }, "unknown option timeoutMS; did you mean timeoutMs?"],
    ["no number", { timeoutMs: "5s" }, "timeoutMs: 5s is not a number of milliseconds from 1 to 2147483647"],
    [
      "nothing",
      { timeoutMs: Number.NaN },
      "timeoutMs: NaN is not a number of milliseconds from 1 to 2147483647",
    ],
    ["no time", { timeoutMs: 0 }, "timeoutMs: 0 is not a number of milliseconds from 1 to 2147483647"],
    ["half a retry", { retries: 0.5 }, "retries: 0.5 is not a whole number from 0 to 100"],
    ["no calls at all", { maxInFlight: 0 }, "maxInFlight: 0 is not a whole number from 1 to 1000000"],
    ["a budget by word", { retryBudget: true }, "retryBudget is neither false nor an object"],
    [
      "a negative budget",
      { retryBudget: { ratio: -1 } },
      "retryBudget.ratio: -1 is not a number from 0 to 10",
    ],
    [
      "an unknown part",
      { retryBudget: { ratios: 1 } },
      "unknown option retryBudget.ratios; did you mean ratio?",
    ],
    [
      "a share of nothing",
      { breaker: { failureRatio: 0 } },
      "breaker.failureRatio: 0 is not a share from 0.01 to 1",
    ],
    [
      "a hedge after the end",
      { hedgeAfterMs: 500, timeoutMs: 300 },
      "hedgeAfterMs (500) is not shorter than timeoutMs (300): it would never happen",
    ],
    [
      "a hedge without attempts",
      { hedgeAfterMs: 50, retries: 0 },
      "hedgeAfterMs needs retries: a hedge is one of them, and there are 0",
    ],
    [
      "a mistake for one method",
      { methods: { "a.B/C": { retrie: 1 } } },
      'unknown option methods["a.B/C"].retrie; did you mean retries?',
    ],
    [
      "a method against its client",
      { timeoutMs: 100, methods: { "a.B": { hedgeAfterMs: 200 } } },
      'methods["a.B"].hedgeAfterMs (200) is not shorter than timeoutMs (100): it would never happen',
    ],
    [
      "no method",
      { methods: { "/a.B/C": {} } },
      'methods["/a.B/C"]: a method is package.Service/Method, all of a service package.Service',
    ],
    ...["blah", "Hello", "a..B/C", "a.B/", ".a.B", ""].map((name): [string, object, string] => [
      `${JSON.stringify(name)} as a method`,
      { methods: { [name]: {} } },
      `methods[${JSON.stringify(name)}]: a method is package.Service/Method, all of a service package.Service`,
    ]),
  ])("when a client is given %s then it says so", (_, options, problem) => {
    expect(checkPolicy(options)).toEqual([problem]);
    expect(() => createClient(options as ClientOptions)).toThrow(new TypeError(problem));
  });

  test("when several are wrong then all are named", () => {
    expect(checkPolicy({ retries: -1, timeoutMs: -1 }, "calls.")).toHaveLength(2);
  });

  test("when a service is given such options then its start names them all", async () => {
    const service = await createService({
      name: "go.micro.srv.greeter",
      registry: "memory",
      retries: 1,
      calls: { retries: 2, maxInFlight: 10, maxInFlightPerNode: 20, hedgeAfterMs: 5, timeoutMs: 5 },
      maxConcurentCalls: 5,
      logger: silentLogger,
      args: [],
      env: {},
    } as never);
    await expect(service.start()).rejects.toMatchObject({
      problems: [
        "retries and calls.retries say the same thing: give one of them",
        "calls.hedgeAfterMs (5) is not shorter than timeoutMs (5): it would never happen",
        "calls.maxInFlightPerNode (20) is more than calls.maxInFlight (10): no node could have so many",
        "unknown option maxConcurentCalls; did you mean maxConcurrentCalls?",
      ],
    });
  });

  test("when a flag contradicts the code then the start names both", async () => {
    const service = await createService({
      name: "go.micro.srv.greeter",
      registry: "memory",
      calls: { hedgeAfterMs: 200 },
      logger: silentLogger,
      args: ["--client_request_timeout=100ms"],
      env: {},
    });
    await expect(service.start()).rejects.toThrow(
      "calls.hedgeAfterMs (200) is not shorter than timeoutMs (100)",
    );
  });
});

describe("the nearest word counts", () => {
  const methods = { "greeter.Greeter": { timeoutMs: 300 }, "greeter.Greeter/Ask": { timeoutMs: 200 } };
  test.each([
    ["the default", {}, tell, {}, 5000],
    ["the client's", { timeoutMs: 400 }, tell, {}, 400],
    ["its proto service's", { timeoutMs: 400, methods }, tell, {}, 300],
    ["its method's", { timeoutMs: 400, methods }, ask, {}, 200],
    ["the call's", { timeoutMs: 400, methods }, ask, { timeoutMs: 100 }, 100],
  ])(
    "when a call takes too long then it ends after the time that is %s",
    async (_, calls, method, options, ms) => {
      await using net = virtualNetwork();
      await startGreeter(net, "d", async (request) => {
        await sleep(net.clock, 60_000);
        return request;
      });
      const { client } = await net.service({ name: "caller", calls: { retries: 0, ...calls } });
      await expect(net.run(client.unary("d", method, {}, options))).rejects.toMatchObject({ code: 408 });
      expect(net.clock.now()).toBe(ms);
      await net.advance(60_000);
    },
  );

  test("when a call is given no number as its time then it fails and names it", async () => {
    await using net = createTestNetwork();
    await expect(net.client.unary("d", ask, {}, { timeoutMs: Number.NaN })).rejects.toMatchObject({
      code: 400,
      detail: "timeoutMs of greeter.Greeter/Ask: NaN is no number",
    });
  });
});

describe("calls in flight", () => {
  async function burst(calls: object, count: number) {
    const net = virtualNetwork();
    let running = 0;
    let most = 0;
    for (const _ of [1, 2])
      await startGreeter(net, "d", async (request) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(net.clock, 100);
        running -= 1;
        return request;
      });
    const { client } = await net.service({ name: "caller", calls });
    const all = Array.from({ length: count }, () => client.unary("d", ask, {}));
    const outcomes = await net.run(Promise.allSettled(all));
    const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as MicroError] : []));
    const [again] = await net.run(Promise.allSettled([client.unary("d", ask, {})]));
    await net.close();
    return { most, refused, again };
  }

  test("when more than the limit would be in flight then they are refused at once, with a hint, and later ones are not", async () => {
    const { most, refused, again } = await burst({ maxInFlight: 10 }, 30);
    expect(most).toBe(10);
    expect(refused).toHaveLength(20);
    expect(refused[0]).toMatchObject({
      id: "go.micro.client",
      code: 429,
      retryAfterMs: 100,
      detail: "10 calls of d are in flight already, the limit of this client (maxInFlight)",
    });
    expect(again?.status).toBe("fulfilled");
  });

  test("when a node has as many as it may then the other one is taken, and with none left the call is refused", async () => {
    const { most, refused } = await burst({ maxInFlightPerNode: 3 }, 10);
    expect(most).toBe(6);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({
      code: 429,
      detail: "all 2 nodes of d have 3 calls of this process in flight (maxInFlightPerNode)",
    });
  });

  test("when no limit is given then it is 1024 per service", async () => {
    const { refused } = await burst({}, 1030);
    expect(refused).toHaveLength(6);
  });
});
