import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createService, type Service } from "@micro-service/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Greeter,
  type GreeterHandler,
  registerGreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import { Request } from "../fixtures/go-micro/expected/greeter.ts";
import {
  buildGoMicroPeer,
  GO_MICRO_VERSIONS,
  GoMicroPeer,
  type GoMicroVersion,
  whyNoGo,
} from "../support/go-micro.ts";

/** How long the fleet lives; `.ci/nightly` gives it minutes. */
const SECONDS = Number(process.env.GO_MICRO_SOAK_SECONDS ?? 30);
const BUILD_MS = 10 * 60_000;
/** Between two calls of one caller, and two events of one publisher. */
const PACE_MS = 25;
/** What was published is on its way for so long at most; who is stopped then is not asked for it. */
const UNDER_WAY_MS = 500;
const VERSIONS = Object.keys(GO_MICRO_VERSIONS) as GoMicroVersion[];

const isOffline = !Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .some(({ family, internal }) => family === "IPv4" && !internal);
const missing = (await whyNoGo()) ?? (isOffline ? "there is no network" : undefined);
const skipReason = missing === undefined ? "" : ` (skipped: ${missing})`;

const suffix = randomUUID().slice(0, 8);
const [ours, theirs, topic] = [`go.micro.srv.o${suffix}`, `go.micro.srv.g${suffix}`, `soak.${suffix}`];
const programs = new Map<GoMicroVersion, string>();
const log = { info() {}, warn() {}, error() {} };

const handler: GreeterHandler = {
  hello: ({ name }) => ({ text: `Hello ${name}` }),
  fail: () => ({}),
  hang: () => ({}),
  async *count() {},
  join: () => ({}),
  async *chat() {},
};
/** The schema does not say so; these calls may be repeated. */
const hello = { ...Greeter.methods.hello, idempotency: "noSideEffects" } as const;

/** Somebody who runs for a while and hears events. */
interface Member {
  readonly kind: string;
  /** Names of all events heard so far: `<publisher> <number>`. */
  heard(): string[];
  stop(): Promise<void>;
  /** Without a word to anybody; who runs in our process cannot. */
  readonly kill?: () => Promise<void>;
}

async function startOurs(): Promise<Member> {
  const heard: string[] = [];
  const service = await createService({ name: ours, address: "127.0.0.1:0", args: [], env: {}, logger: log });
  registerGreeterHandler(service.server, handler);
  service.server.subscribe(topic, Request, ({ name }) => void heard.push(name));
  await service.start();
  return { kind: "ours", heard: () => heard, stop: () => service.stop() };
}

async function startPeer(version: GoMicroVersion, name: string, env = {}): Promise<GoMicroPeer> {
  const flags = [`--server_name=${name}`, "--server_address=127.0.0.1:0", "--broker_address=127.0.0.1:0"];
  const peer = new GoMicroPeer(programs.get(version) as string, [...flags, "--registry=mdns"], env);
  await peer.ready();
  return peer;
}

async function startTheirs(version: GoMicroVersion): Promise<Member> {
  const peer = await startPeer(version, theirs, { PEER_TOPIC: topic });
  const heard = () => peer.events("heard").map(({ request }) => (request as { name: string }).name);
  return { kind: version, heard, stop: () => peer.stop(), kill: () => peer.kill() };
}

/** Does something again and again, one after the other, until told to end; keeps what failed. */
class Worker {
  done = 0;
  readonly failures: string[] = [];
  #ended = false;
  readonly #running: Promise<void>;

  constructor(work: (turn: number) => Promise<string | undefined>) {
    this.#running = (async () => {
      for (let turn = 0; !this.#ended; turn++) {
        const failure = await work(turn).catch((error: unknown) => String(error));
        if (failure !== undefined) this.failures.push(`${turn}: ${failure}`);
        this.done = turn + 1;
        await sleep(PACE_MS);
      }
    })();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }
}

/** What a member missed of each publisher, and heard twice, from the first event it heard to `last` (exclusive). */
function gaps(member: Member, last: ReadonlyMap<string, number>): string[] {
  const heard = member.heard();
  const found = heard.length === new Set(heard).size ? [] : [`${member.kind} heard an event twice`];
  for (const [publisher, end] of last) {
    const numbers = heard
      .filter((name) => name.startsWith(`${publisher} `))
      .map((name) => Number(name.slice(publisher.length + 1)));
    if (numbers.length === 0) found.push(`${member.kind} never heard ${publisher}`);
    const known = new Set(numbers);
    for (let number = Math.min(...numbers); number < end; number++)
      if (!known.has(number)) found.push(`${member.kind} missed ${publisher} ${number} of ${end}`);
  }
  return found;
}

describe.skipIf(missing !== undefined)(
  `a fleet of three of ours and go-micro's v1.18, v2.9 and v5 that restart, for ${SECONDS} s${skipReason}`,
  () => {
    let caller: Service;
    const callers = new Map<GoMicroVersion, GoMicroPeer>();
    const members: { start: () => Promise<Member>; member: Member }[] = [];

    beforeAll(async () => {
      for (const version of VERSIONS) programs.set(version, await buildGoMicroPeer(version, "nogrpc"));
      const starts = [
        ...VERSIONS.map((version) => () => startTheirs(version)),
        ...VERSIONS.map(() => startOurs),
      ];
      for (const start of starts) members.push({ start, member: await start() });
      caller = await createService({
        name: `go.micro.srv.c${suffix}`,
        address: "127.0.0.1:0",
        args: [],
        env: {},
        logger: log,
      });
      await caller.start();
      for (const version of VERSIONS)
        callers.set(version, await startPeer(version, `go.micro.srv.c${version}${suffix}`));
    }, BUILD_MS);
    afterAll(async () => {
      for (const peer of callers.values()) await peer.stop();
      for (const { member } of members) await member.stop();
      await caller?.stop();
    });

    test(
      "no call that may be repeated is lost, and no event once its subscription is known",
      async () => {
        const call = (client: Client, service: string) => async (turn: number) => {
          const { text } = await client.unary(service, hello, { name: String(turn) });
          return text === `Hello ${turn}` ? undefined : `answered ${text}`;
        };
        const workers = new Map<string, Worker>([
          ["we call ours", new Worker(call(caller.client, ours))],
          ["we call theirs", new Worker(call(caller.client, theirs))],
        ]);
        const publishers = new Map<string, Worker>([
          [
            "we",
            new Worker(async (turn) => {
              await caller.client.publish(topic, Request, { name: `we ${turn}` });
              return undefined;
            }),
          ],
        ]);
        for (const [version, peer] of callers) {
          const ask = async (turn: number) => {
            const request = { name: String(turn) };
            const answer = await peer.ask({ do: "call", service: ours, endpoint: "Greeter.Hello", request });
            return answer.error?.text;
          };
          workers.set(`${version} calls ours`, new Worker(ask));
          const publish = async (turn: number) =>
            (await peer.ask({ do: "publish", topic, request: { name: `${version} ${turn}` } })).error?.text;
          publishers.set(version, new Worker(publish));
        }
        /** Theirs hear those of their own generation, which is not ours to promise. */
        const promised = (member: Member) => (member.kind === "ours" ? [...publishers.keys()] : ["we"]);
        const lost: string[] = [];
        const leave = async (member: Member, end: () => Promise<void>) => {
          const last = new Map(promised(member).map((name) => [name, publishers.get(name)!.done]));
          await sleep(UNDER_WAY_MS);
          await end();
          lost.push(...gaps(member, last));
        };

        const until = Date.now() + SECONDS * 1000;
        let restarts = 0;
        while (Date.now() < until) {
          await sleep(1000);
          const place = members[restarts % members.length]!;
          const { member } = place;
          // Every other time theirs leave without a word.
          const isKilled = Math.floor(restarts / members.length) % 2 === 1 && member.kill !== undefined;
          await leave(member, isKilled ? member.kill! : member.stop);
          place.member = await place.start();
          restarts += 1;
        }
        await sleep(2000);
        for (const { member } of members) await leave(member, async () => {});
        for (const worker of [...workers.values(), ...publishers.values()]) await worker.end();

        const counts = [...workers, ...publishers].map(([name, { done }]) => `${name} ${done}`);
        console.log(`${restarts} restarts; ${counts.join(", ")}`);
        for (const [name, { failures }] of [...workers, ...publishers])
          lost.push(...failures.map((failure) => `${name}: ${failure}`));
        expect(lost).toEqual([]);
      },
      SECONDS * 1000 + 120_000,
    );
  },
);
