import { afterEach, describe, expect, test } from "vitest";
import type { Record as LogLine } from "../../../src/runtime/debug/gen/debug.ts";
import { SpanType } from "../../../src/runtime/debug/gen/debug.ts";
import { createDebugClient } from "../../../src/runtime/debug/index.ts";
import type { ServiceOptions } from "../../../src/runtime/service/index.ts";
import { createTestNetwork, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGreeterClient, Greeter } from "../service/greeter.ts";

const name = "go.micro.srv.greeter";
const front = "go.micro.srv.front";
let net: TestNetwork;
afterEach(() => net?.close());

/** A greeter that writes a line per call, and a front that calls it. */
async function started(options: Partial<ServiceOptions> = {}) {
  net = createTestNetwork({ time: "virtual" });
  const service = await net.service({
    name,
    ...options,
    setup: ({ server, log }) =>
      server.handle(Greeter, {
        hello: (request) => {
          log.debug(`about to greet ${request.text}`);
          log.info(`hello ${request.text}`, { card: { number: "4711" }, token: "hunter2" });
          return request;
        },
        fail: () => {
          throw new Error("a bug");
        },
      }),
  });
  const fronting = await net.service({
    name: front,
    setup: ({ server, client, log }) => {
      const back = createGreeterClient(client, name);
      server.handle(Greeter, {
        hello: async (request) => {
          const answer = await back.hello(request);
          log.info("answered");
          return answer;
        },
        fail: (request) => back.fail(request),
      });
    },
  });
  return {
    service,
    fronting,
    debug: createDebugClient(net.client, name),
    frontDebug: createDebugClient(net.client, front),
    greeter: createGreeterClient(net.client, front),
  };
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
const sentences = (lines: readonly LogLine[]) => lines.map(({ message }) => message);

describe("Debug.Log", () => {
  test("when asked then it tells the last lines, oldest first, without secrets, with the call they were written in", async () => {
    const { debug, greeter } = await started();
    await net.run(greeter.hello({ text: "Ada" }, { metadata: { "x-request-id": "req-1" } }));
    await net.run(greeter.hello({ text: "Bob" }));
    const lines = await net.run(all(debug.log({})));
    expect(sentences(lines)).toEqual(["hello Ada", "hello Bob"]);
    expect(lines[0]?.metadata).toMatchObject({
      level: "info",
      service: name,
      method: "greeter.Greeter/Hello",
      request_id: "req-1",
      card: '{"number":"4711"}',
      token: "[redacted]",
    });
    expect(sentences(await net.run(all(debug.log({ count: 1n }))))).toEqual(["hello Bob"]);
  });

  test("when a request goes through two services then the lines of both have its id, whoever sent one or not", async () => {
    const { debug, frontDebug, greeter } = await started();
    await net.run(greeter.hello({ text: "Ada" }));
    const [back] = await net.run(all(debug.log({})));
    const [answered] = await net.run(all(frontDebug.log({})));
    expect(answered?.metadata.request_id).toMatch(/^[\da-f]{16}$/);
    expect(back?.metadata.request_id).toBe(answered?.metadata.request_id);
  });

  test("when a handler fails unexpectedly then the line tells its call and the error", async () => {
    const { debug } = await started();
    const options = { metadata: { "x-request-id": "req-2" } };
    await net.run(
      createGreeterClient(net.client, name)
        .fail({}, options)
        .catch(() => {}),
    );
    const [line] = await net.run(all(debug.log({})));
    expect(line?.message).toMatch(/greeter\.Greeter\/Fail failed \([\da-f]{8}\): a bug$/);
    expect(line?.metadata).toMatchObject({
      level: "error",
      method: "greeter.Greeter/Fail",
      request_id: "req-2",
    });
    expect(JSON.parse(line?.metadata.error ?? "")).toMatchObject({ name: "Error", message: "a bug" });
  });

  test("when told to stay then lines come as they are written, until the service stops", async () => {
    const { service, debug, greeter } = await started();
    const heard: string[] = [];
    const reading = (async () => {
      for await (const { message } of debug.log({ stream: true })) heard.push(message);
    })();
    reading.catch(() => {});
    await net.advance(1);
    await net.run(greeter.hello({ text: "Ada" }));
    await net.advance(1);
    expect(heard).toEqual(["hello Ada"]);
    await net.run(service.stop());
    await net.run(reading);
  });

  test("when sixteen read then another is refused, and taken when one has left", async () => {
    const { debug } = await started();
    const aborts = Array.from({ length: 16 }, () => new AbortController());
    const readings = aborts.map(({ signal }) => all(debug.log({ stream: true }, { signal })).catch(() => {}));
    await net.advance(1);
    await expect(net.run(all(debug.log({})))).rejects.toMatchObject({ code: 429 });
    aborts[0]?.abort();
    await net.run(readings[0] as Promise<unknown>);
    await net.advance(1);
    expect(await net.run(all(debug.log({})))).toEqual([]);
    for (const abort of aborts) abort.abort();
    await net.run(Promise.all(readings));
  });
});

describe("Debug.Trace", () => {
  test("when a call goes through two services then their spans are one trace, each below the one it is part of", async () => {
    const { debug, frontDebug, greeter } = await started();
    await net.run(greeter.hello({ text: "Ada" }));
    const { spans: ofFront } = await net.run(frontDebug.trace({}));
    const { spans: ofBack } = await net.run(debug.trace({}));
    const [out, taken] = ofFront;
    expect(ofFront.map(({ type, name: what }) => [type, what])).toEqual([
      [SpanType.OUTBOUND, "greeter.Greeter/Hello"],
      [SpanType.INBOUND, "greeter.Greeter/Hello"],
    ]);
    expect(taken).toMatchObject({ parent: "", metadata: { code: "OK" } });
    expect(out).toMatchObject({ trace: taken?.trace, parent: taken?.id, metadata: { service: name } });
    expect(ofBack).toMatchObject([{ trace: taken?.trace, parent: out?.id, type: SpanType.INBOUND }]);
    expect((await net.run(debug.trace({ id: "another" }))).spans).toEqual([]);
  });

  test.each(["x".repeat(65), "<b>", "a b"])(
    "when a caller sends the trace id %j then it is not taken",
    async (id) => {
      const { frontDebug, greeter } = await started();
      await net.run(
        greeter.hello({ text: "Ada" }, { metadata: { "micro-trace-id": id, "micro-span-id": id } }),
      );
      for (const { trace, parent } of (await net.run(frontDebug.trace({}))).spans) {
        expect(trace).toMatch(/^[\da-f]{16}$/);
        expect(parent).toMatch(/^([\da-f]{16})?$/);
      }
    },
  );

  test("when thousands of calls come at once then a hundred of a second are kept, and 256 at most", async () => {
    const { debug } = await started();
    const back = createGreeterClient(net.client, name);
    const burst = () => net.run(Promise.all(Array.from({ length: 500 }, () => back.hello({ text: "x" }))));
    await burst();
    expect((await net.run(debug.trace({}))).spans).toHaveLength(100);
    for (let second = 0; second < 3; second++) {
      await net.advance(1000);
      await burst();
    }
    expect((await net.run(debug.trace({}))).spans).toHaveLength(256);
  });
});

describe("Debug.Level", () => {
  test("when it is set then lines of that level are written for that long, and both are told in the log", async () => {
    const { debug, greeter } = await started();
    expect(await net.run(debug.level({}))).toMatchObject({ level: "info", seconds: 0n, configured: "info" });
    expect(await net.run(debug.level({ level: "debug", seconds: 60n }))).toMatchObject({
      level: "debug",
      seconds: 60n,
      configured: "info",
    });
    await net.run(greeter.hello({ text: "Ada" }));
    await net.advance(60_000);
    await net.run(greeter.hello({ text: "Bob" }));
    expect(sentences(await net.run(all(debug.log({}))))).toEqual([
      "log level set to debug for 60 s by direct",
      "about to greet Ada",
      "hello Ada",
      "log level is info again",
      "hello Bob",
    ]);
  });

  test("when nobody says how long then ten minutes, and never longer than a day", async () => {
    const { debug } = await started();
    expect((await net.run(debug.level({ level: "debug" }))).seconds).toBe(600n);
    await net.advance(1000);
    expect((await net.run(debug.level({ level: "warn", seconds: 2n ** 60n }))).seconds).toBe(86_400n);
    await net.advance(86_400_000);
    expect(await net.run(debug.level({}))).toMatchObject({ level: "info", seconds: 0n });
  });

  test("when the level does not exist, or it was changed a moment ago, then it stays", async () => {
    const { debug } = await started();
    await expect(net.run(debug.level({ level: "loud" }))).rejects.toMatchObject({
      code: 400,
      detail: 'no such level: "loud"; there are debug info warn error',
    });
    await net.run(debug.level({ level: "debug" }));
    await expect(net.run(debug.level({ level: "error" }))).rejects.toMatchObject({
      code: 429,
      retryAfterMs: 1000,
    });
    expect((await net.run(debug.level({}))).level).toBe("debug");
  });
});

test("when it was started with debug off then nothing of the inside is told, but its health", async () => {
  const { debug, service } = await started({ debug: false });
  for (const ask of [() => all(debug.log({})), () => debug.trace({}), () => debug.level({ level: "debug" })])
    await expect(net.run<unknown>(ask())).rejects.toMatchObject({
      code: 403,
      detail: `${name} does not tell of its inside: it was started with --server_debug=off`,
    });
  expect(service.log.level).toBe("info");
  expect((await net.run(debug.health({}))).status).toBe("ok");
});
