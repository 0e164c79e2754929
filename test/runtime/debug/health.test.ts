import { once } from "node:events";
import { type ClientReadableStream, credentials, Client as ForeignClient, status } from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { Health } from "../../../src/runtime/debug/gen/grpc/health/v1/health.service.ts";
import {
  HealthCheckRequest,
  HealthCheckResponse,
} from "../../../src/runtime/debug/gen/grpc/health/v1/health.ts";
import { createReadiness, handleHealth } from "../../../src/runtime/debug/index.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { name, type Served, type ServeOptions, serve } from "./served.ts";

const [SERVING, NOT_SERVING, SERVICE_UNKNOWN] = [1, 2, 3];
const encode = (request: { service: string }) => Buffer.from(HealthCheckRequest.encode(request));
const decode = (bytes: Buffer) => HealthCheckResponse.decode(bytes).status;

let served: Served;
let client: ForeignClient;
afterEach(async () => {
  client?.close();
  await served?.stop();
});

async function start(options: ServeOptions = {}): Promise<void> {
  served = await serve(options);
  client = new ForeignClient(served.address, credentials.createInsecure());
}

const check = (service: string) =>
  new Promise<unknown>((resolve, reject) =>
    client.makeUnaryRequest("/grpc.health.v1.Health/Check", encode, decode, { service }, (error, answer) =>
      error === null ? resolve(answer) : reject(error),
    ),
  );
const watch = (service: string) =>
  client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", encode, decode, { service });

/** What a watch says, one after the other, and how it ended. */
function listen(stream: ClientReadableStream<number>) {
  const said: number[] = [];
  const ended = new Promise<number>((resolve) =>
    stream.on("error", ({ code }: Error & { code: number }) => resolve(code)),
  );
  const first = once(stream, "data");
  stream.on("data", (answer: number) => said.push(answer));
  return { said, ended, first };
}

describe("grpc-js asks for health", () => {
  test.each(["", "greeter.Greeter", "grpc.health.v1.Health", name])(
    "when it checks %j then it is serving",
    async (service) => {
      await start();
      expect(await check(service)).toBe(SERVING);
    },
  );

  test("when it checks a service that the server does not have then the answer is NOT_FOUND", async () => {
    await start();
    await expect(check("greeter.Other")).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: "go.micro.srv.greeter has no service greeter.Other",
    });
  });

  test("when it watches and the service stops then it hears that, and the stream does not hold up the stop", async () => {
    await start({ graceMs: 60_000 });
    const [all, one, none] = [listen(watch("")), listen(watch("greeter.Greeter")), listen(watch("nobody"))];
    await Promise.all([all.first, one.first, none.first]);
    await served.service.stop();
    expect(await Promise.all([all.ended, one.ended, none.ended])).toEqual(Array(3).fill(status.UNAVAILABLE));
    expect([all.said, one.said, none.said]).toEqual([
      [SERVING, NOT_SERVING],
      [SERVING, NOT_SERVING],
      [SERVICE_UNKNOWN],
    ]);
  });

  test("when the service is draining then it answers checks with NOT_SERVING", async () => {
    await start();
    const { first, said } = listen(watch(""));
    await first;
    const { registry } = served;
    const deregister = registry.deregister.bind(registry);
    let leave = (): void => {};
    const held = new Promise<void>((resolve) => {
      leave = resolve;
    });
    registry.deregister = async (record) => {
      await held;
      await deregister(record);
    };
    const stopped = served.service.stop();
    await expect.poll(() => said).toEqual([SERVING, NOT_SERVING]);
    expect(await check("")).toBe(NOT_SERVING);
    leave();
    await stopped;
  });
});

test("when watchers leave then nothing of them stays behind", async () => {
  let listeners = 0;
  const readiness = createReadiness();
  const onChange: typeof readiness.onChange = (listener) => {
    listeners++;
    const forget = readiness.onChange(listener);
    return () => {
      listeners--;
      forget();
    };
  };
  const server = createServer({ name });
  handleHealth(server, { name, readiness: { ...readiness, phase: "serving", onChange } });
  const client = createClient({ localService: () => server.dispatcher });
  const left = new AbortController();
  const watches = [1, 2, 3].map(() =>
    client.serverStream(name, Health.methods.watch, {}, { signal: left.signal })[Symbol.asyncIterator](),
  );
  for (const watching of watches) await watching.next();
  const waiting = watches.map((watching) => watching.next());
  await expect.poll(() => listeners).toBe(3);
  left.abort();
  await Promise.allSettled(waiting);
  await expect.poll(() => listeners).toBe(0);
  await client.close();
});

describe("whose health it is", () => {
  test("when it is switched off then the server does not know the service", async () => {
    await start({ health: false });
    await expect(check("")).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  test("when it is switched off by a flag then the same", async () => {
    await start({ args: ["--server_health=off"] });
    await expect(check("")).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  test("when the application has a handler of its own then that one answers", async () => {
    await start({
      setup: ({ server }) =>
        server.handle(Health, {
          check: () => ({ status: NOT_SERVING as 2 }),
          async *watch() {},
        }),
    });
    expect(await check("")).toBe(NOT_SERVING);
  });

  test("when it is registered then the registry does not list it", async () => {
    await start();
    const [record] = await served.registry.getService(name);
    expect(
      record?.endpoints.map((endpoint) => endpoint.name).filter((one) => !one.startsWith("Greeter.")),
    ).toEqual([]);
  });
});
