import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import {
  type Connection,
  createConnection,
  JsonText,
  jsonMethod,
  type MicroError,
  silentLogger,
} from "../../../src/runtime/index.ts";

const PROGRAM = fileURLToPath(new URL("../../fixtures/programs/restarted.mjs", import.meta.url));
const INSTANCES = 3;
const RESTARTS = Number(process.env.RESTARTS ?? 10);
const PER_SECOND = 200;
/** A stream of five seconds. */
const STREAM = { messages: 50, ms: 100 };

const read = { ...jsonMethod("test.Restarted/Read"), idempotency: "noSideEffects" as const };
const write = jsonMethod("test.Restarted/Write");
const watch = jsonMethod("test.Restarted/Watch", "serverStream");

const children = new Set<ChildProcess>();
const connections: Connection[] = [];
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const connection of connections.splice(0)) await connection.close();
});

const ENV = {
  MICRO_REGISTRY: "mdns",
  MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  MICRO_SERVER_ADDRESS: "127.0.0.1:0",
  MICRO_BROKER_ADDRESS: "127.0.0.1:0",
};

/** An instance in a process of its own; resolves when it is registered. */
async function start(service: string, version: string, onEvent: (id: string) => void): Promise<ChildProcess> {
  const env = { ...process.env, ...ENV, SERVICE: service, MICRO_SERVER_VERSION: version };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) if (line.startsWith("event ")) onEvent(JSON.parse(line.slice(6)).id);
  });
  let errors = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
      if (/ listens on /.test(errors)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`exited with ${code}: ${errors}`)));
  });
  return child;
}

interface Failure {
  readonly kind: string;
  readonly at: number;
  readonly error: MicroError;
}

/** Calls, streams and events at a steady rate, whatever becomes of them, until `stop`. */
function createLoad({ client }: Connection, service: string) {
  const failures: Failure[] = [];
  const running = new Set<Promise<unknown>>();
  const published = new Set<string>();
  let count = 0;
  let stopped = false;
  const once = async (index: number): Promise<void> => {
    const turn = index % 40;
    const text = JSON.stringify({ id: randomUUID(), ms: index % 100 });
    if (turn === 0) {
      let messages = 0;
      for await (const _ of client.serverStream(service, watch, JSON.stringify(STREAM))) messages += 1;
      if (messages !== STREAM.messages) throw new Error(`${messages} messages`);
    } else if (turn < 6) {
      await client.publish(service, JsonText, text, { contentType: "application/json" });
      published.add(JSON.parse(text).id);
    } else if (turn % 2 === 0) await client.unary(service, read, text);
    else await client.unary(service, write, text);
  };
  const kindOf = (index: number) => {
    const turn = index % 40;
    return turn === 0 ? "stream" : turn < 6 ? "event" : turn % 2 === 0 ? "read" : "write";
  };
  const done = (async () => {
    const begun = performance.now();
    while (!stopped) {
      const due = Math.floor(((performance.now() - begun) / 1000) * PER_SECOND);
      for (; count < due; count++) {
        const index = count;
        const call: Promise<unknown> = once(index)
          .catch((error: MicroError) => failures.push({ kind: kindOf(index), at: performance.now(), error }))
          .finally(() => running.delete(call));
        running.add(call);
      }
      await sleep(5);
    }
    await Promise.all(running);
  })();
  return {
    failures,
    published,
    get count() {
      return count;
    },
    async stop() {
      stopped = true;
      await done;
    },
  };
}

async function setUp() {
  const service = `test.restarted.${randomUUID().slice(0, 8)}`;
  const handled: string[] = [];
  const begin = (version: string) => start(service, version, (id) => handled.push(id));
  const instances: ChildProcess[] = [];
  for (let index = 0; index < INSTANCES; index++) instances.push(await begin("1"));
  const connection = await createConnection({ name: "test", env: ENV, args: [], logger: silentLogger });
  connections.push(connection);
  await connection.broker.connect();
  await expect
    .poll(async () => (await connection.registry.getService(service)).flatMap(({ nodes }) => nodes).length)
    .toBe(INSTANCES);
  return { service, handled, begin, instances, load: createLoad(connection, service) };
}

test(`when each of ${INSTANCES} instances is restarted ${RESTARTS} times, half of them as a new version, then no call, stream or event is lost`, async () => {
  const { handled, begin, instances, load } = await setUp();
  await sleep(1000);
  for (let round = 0; round < RESTARTS; round++) {
    for (const [index, old] of instances.entries()) {
      old.kill("SIGTERM");
      const [code] = (await once(old, "exit")) as [number];
      expect(code).toBe(0);
      children.delete(old);
      instances[index] = await begin(round % 2 === 0 ? "2" : "1");
    }
  }
  while (RESTARTS >= 10 && load.count < 24_000) await sleep(100);
  await load.stop();
  const { published } = load;
  // What the brokers still carry.
  for (let wait = 0; wait < 50 && new Set(handled).size < published.size; wait++) await sleep(100);
  const lost = published.size - new Set(handled).size;
  console.log(
    `${load.count} calls, streams and events over ${INSTANCES * RESTARTS} restarts: ${load.failures.length} failed, ${lost} of ${published.size} events lost`,
  );
  expect(load.failures.map(({ kind, error }) => `${kind}: ${error.code} ${error.detail}`)).toEqual([]);
  expect({ handled: handled.length, lost }).toEqual({ handled: published.size, lost: 0 });
}, 900_000);

test("when an instance is killed then calls that may be repeated are not lost, others only those it was working on, and all is well within a second", async () => {
  const { begin, instances, load } = await setUp();
  await sleep(2000);
  const killedAt: number[] = [];
  for (let round = 0; round < 3; round++) {
    killedAt.push(performance.now());
    instances[round]?.kill("SIGKILL");
    await sleep(4000);
    instances[round] = await begin("1");
    await sleep(1000);
  }
  await load.stop();
  const calls = load.failures.filter(({ kind }) => kind !== "event" && kind !== "stream");
  const late = calls.map(({ at }) =>
    Math.min(...killedAt.map((killed) => (at >= killed ? at - killed : 1e9))),
  );
  const failed = ["read", "write", "stream", "event"].map(
    (kind) => `${load.failures.filter((failure) => failure.kind === kind).length} ${kind}`,
  );
  console.log(
    `${load.count} calls, 3 kills: ${failed.join(", ")} failed, the last ${Math.round(Math.max(0, ...late))} ms after a kill`,
  );
  expect(load.failures.filter(({ kind }) => kind === "read").map(({ error }) => error.detail)).toEqual([]);
  // In flight on one instance: a third of 85 writes a second that take 50 ms on average, more on a busy machine.
  expect(load.failures.filter(({ kind }) => kind === "write").length).toBeLessThanOrEqual(3 * 20);
  expect(Math.max(0, ...late)).toBeLessThanOrEqual(1000);
}, 300_000);
