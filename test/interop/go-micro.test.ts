import {
  type CallOptions,
  type Client,
  createClient,
  createServer,
  createTcpTransport,
  MicroError,
  type Server,
} from "@micro-service/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createGreeterClient,
  Greeter,
  type GreeterClient,
  type GreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import type { Response } from "../fixtures/go-micro/expected/greeter.ts";
import {
  buildGoMicroPeer,
  GO_MICRO_VERSIONS,
  GoMicroPeer,
  type GoMicroVersion,
  type PeerAnswer,
  type PeerCommand,
  whyNoGo,
} from "../support/go-micro.ts";

type WireName = "mucp" | "grpc";
// A peer that says nothing shall not hold up everything else; building it may take longer.
vi.setConfig({ testTimeout: 30_000 });
const BUILD_MS = 10 * 60_000;

const SERVICE = "go.micro.srv.greeter";
const missing = await whyNoGo();
const skipReason = missing === undefined ? "" : ` (skipped: ${missing})`;
const JSON_TYPE = "application/json";

const log: string[] = [];
beforeEach(() => {
  log.length = 0;
});
const onLog: (() => void)[] = [];
async function noted(entry: string): Promise<void> {
  while (!log.includes(entry)) await new Promise<void>((resolve) => onLog.push(resolve));
  log.splice(log.indexOf(entry), 1);
}
function note(entry: string): void {
  log.push(entry);
  for (const resolve of onLog.splice(0)) resolve();
}

/** What the Go peer's greeter does, too. */
const handler: GreeterHandler = {
  hello: (request, context) => ({
    text: `Hello ${request.name}`,
    request,
    metadata: context.metadata.toJSON(),
    timeLeftMs: BigInt(context.deadline === undefined ? 0 : Math.round(context.deadline - Date.now())),
  }),
  fail: ({ name, bigNumber, data }) => {
    throw new MicroError({ id: name, code: Number(bigNumber), detail: Buffer.from(data).toString() });
  },
  hang: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        note("hang ended");
        reject(signal.reason);
      });
    }),
  async *count({ name, bigNumber }, { signal }) {
    try {
      for (let i = 1n; i <= bigNumber; i++) yield { text: String(i) };
      if (name === "fail") throw new MicroError({ id: SERVICE, code: 409, detail: "no more" });
    } finally {
      note(signal.aborted ? "count stopped" : "count ended");
    }
  },
  async join(requests) {
    let text = "";
    for await (const { name } of requests) {
      if (name === "end") break;
      text += name;
    }
    return { text };
  },
  async *chat(requests) {
    for await (const { name } of requests) {
      if (name === "bye") return;
      if (name === "fail") throw new MicroError({ id: SERVICE, code: 400, detail: "you said fail" });
      if (name === "wait") await new Promise((resolve) => setTimeout(resolve, 5500));
      yield { text: `you said ${name}` };
    }
  },
};

const FULL = {
  name: "Ada",
  bigNumber: "9007199254740993",
  mood: 1,
  tags: ["a", "b"],
  labels: { key: "ü" },
  data: Buffer.from("bytes").toString("base64"),
  ratio: 0.5,
  born: 86_400,
};

/** Flags that keep a peer on loopback and out of everybody's registry. */
const alone = (wire: WireName) => [
  `--server_name=${SERVICE}`,
  "--server_address=127.0.0.1:0",
  "--registry=memory",
  "--broker_address=127.0.0.1:0",
  `--client=${wire}`,
  `--server=${wire}`,
];

const programs = new Map<GoMicroVersion, string>();
beforeAll(async () => {
  if (missing !== undefined) return;
  // One after the other: each build takes all the processors it can get.
  for (const version of Object.keys(GO_MICRO_VERSIONS) as GoMicroVersion[])
    programs.set(version, await buildGoMicroPeer(version));
}, BUILD_MS);
const programOf = (version: GoMicroVersion) => programs.get(version) as string;

/** Every client and server of go-micro that can be had. */
const WIRES = (Object.keys(GO_MICRO_VERSIONS) as GoMicroVersion[]).flatMap((version) =>
  (["mucp", "grpc"] as const).map((wire) => ({
    version,
    wire,
    name: `${GO_MICRO_VERSIONS[version]} by ${wire}`,
  })),
);

describe.skipIf(missing !== undefined).each(WIRES)(
  `go-micro's client $name calls our server${skipReason}`,
  (wire) => {
    const peers = new Map<string, Promise<GoMicroPeer>>();
    let server: Server;
    async function start(): Promise<GoMicroPeer> {
      const peer = new GoMicroPeer(programOf(wire.version), alone(wire.wire));
      await peer.ready();
      return peer;
    }
    /** v1's gRPC pool keeps the codec with the connection, whatever the next call asks for: one content type a process. */
    const mixesCodecs = wire.version === "v1" && wire.wire === "grpc";
    async function ask(command: PeerCommand): Promise<PeerAnswer> {
      const key = mixesCodecs ? (command.contentType ?? "") : "";
      if (!peers.has(key)) peers.set(key, start());
      const peer = (await peers.get(key)) as GoMicroPeer;
      return peer.ask({ service: SERVICE, address: server.address as string, ...command });
    }
    const contentTypes = ["", "application/protobuf", JSON_TYPE];
    const more =
      wire.wire === "mucp" ? ["application/proto-rpc", "application/grpc"] : ["application/grpc+json"];

    beforeAll(async () => {
      server = createServer({
        name: SERVICE,
        address: "127.0.0.1:0",
        transport: createTcpTransport(),
        logger: { error() {} },
        // v1.18 leaves a stream of gRPC by ending its requests and reading no more: only this frees the handler.
        stallTimeoutMs: 2000,
      });
      server.handle(Greeter, handler);
      await server.start();
    });
    afterAll(async () => {
      for (const peer of peers.values()) await (await peer).stop();
      await server?.stop({ graceMs: 0 });
    });

    test.each([...contentTypes, ...more])(
      "when the content type is '%s' then messages arrive whole",
      async (contentType) => {
        const metadata = { "X-User": "ada" };
        const answer = await ask({
          do: "call",
          endpoint: "Greeter.Hello",
          request: FULL,
          contentType,
          metadata,
        });
        expect(answer.error).toBeUndefined();
        const { request, text, metadata: seen } = answer.value as { [name: string]: unknown };
        // Go's client of v1 and v2 writes and reads this number as a float in the JSON of mucp; ours loses no digit.
        expect(request).toEqual(FULL);
        expect(text).toBe("Hello Ada");
        expect(seen).toMatchObject({ "x-user": "ada" });
        expect(
          Object.keys(seen as object).filter((name) =>
            /^(micro-(id|service|method|endpoint)|timeout|x-content-type)$/.test(name),
          ),
        ).toEqual([]);
      },
    );

    test.each(contentTypes)(
      "when the message is empty and the type '%s' then that is fine",
      async (contentType) => {
        const answer = await ask({ do: "call", endpoint: "Greeter.Hello", request: {}, contentType });
        expect(answer).toMatchObject({ value: { text: "Hello " } });
      },
    );

    test.each(contentTypes)(
      "when a handler fails and the type is '%s' then id, code and detail arrive",
      async (contentType) => {
        const request = {
          name: "some.id",
          bigNumber: "404",
          data: Buffer.from("not – here").toString("base64"),
        };
        const { error } = await ask({ do: "call", endpoint: "Greeter.Fail", request, contentType });
        expect(error).toMatchObject({ id: "some.id", code: 404, detail: "not – here" });
      },
    );

    test("when service or method are unknown then the error says so", async () => {
      for (const endpoint of ["Greeter.Nope", "Nope.Hello"]) {
        const { error } = await ask({ do: "call", endpoint, request: {} });
        expect(error).toMatchObject({ id: SERVICE, code: 501 });
        expect(error?.detail).toContain("Nope");
      }
    });

    test("when it sets a deadline then the handler knows it, and ends with it", async () => {
      const answer = await ask({ do: "call", endpoint: "Greeter.Hello", request: {}, timeoutMs: 3000 });
      const { timeLeftMs } = answer.value as { timeLeftMs: number };
      expect(timeLeftMs).toBeGreaterThan(1000);
      expect(timeLeftMs).toBeLessThanOrEqual(3000);
      const { error } = await ask({ do: "call", endpoint: "Greeter.Hang", timeoutMs: 300 });
      expect(error).toMatchObject({ code: 408 });
      await noted("hang ended");
    });

    test.each(contentTypes)("when streams of type '%s' run then all kinds do", async (contentType) => {
      const count = await ask({
        do: "count",
        endpoint: "Greeter.Count",
        request: { bigNumber: "3" },
        contentType,
      });
      expect(count).toMatchObject({ value: { texts: ["1", "2", "3"] } });
      const join = await ask({ do: "join", endpoint: "Greeter.Join", names: ["a", "b", "end"], contentType });
      expect(join).toMatchObject({ value: { text: "ab" } });
      const chat = await ask({ do: "chat", endpoint: "Greeter.Chat", names: ["a", "b", "bye"], contentType });
      expect(chat).toMatchObject({ value: { texts: ["you said a", "you said b"], ended: true } });
    });

    test("when a stream fails then it gets what came before, and the error", async () => {
      const request = { name: "fail", bigNumber: "2" };
      const { value, error } = await ask({ do: "count", endpoint: "Greeter.Count", request });
      expect(value).toEqual({ texts: ["1", "2"] });
      // By gRPC go-micro's clients hand over streams' errors as grpc-go makes them, with Micro's JSON in the text.
      expect(error?.text).toContain('"code":409,"detail":"no more"');
    });

    test("when it leaves a stream then our handler ends", async () => {
      const request = { bigNumber: "10000000" };
      const answer = await ask({ do: "abandon", endpoint: "Greeter.Count", request, names: ["1", "2"] });
      expect(answer).toMatchObject({ value: { texts: ["1", "2"] } });
      await noted("count stopped");
    });

    test("when a stream takes longer than a request may then it goes on", async () => {
      const chat = await ask({ do: "chat", endpoint: "Greeter.Chat", names: ["wait", "bye"] });
      expect(chat).toMatchObject({ value: { texts: ["you said wait"], ended: true } });
    });

    test("when a hundred calls run at once then each gets its own answer", async () => {
      const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
      const answers = await Promise.all(
        names.map((name) => ask({ do: "call", endpoint: "Greeter.Hello", request: { name } })),
      );
      expect(answers.map(({ value }) => (value as { text: string }).text)).toEqual(
        names.map((name) => `Hello ${name}`),
      );
    });

    test("when a message has 3 MiB then it arrives, and so does the answer", async () => {
      const data = Buffer.alloc(3 << 20, 7).toString("base64");
      const answer = await ask({ do: "call", endpoint: "Greeter.Hello", request: { ...FULL, data } });
      expect((answer.value as { request: { data: string } }).request.data).toBe(data);
    });
  },
);

/**
 * go-micro v2.2 to v3.5 refuse to encode that there is nothing to encode: by mucp and protobuf their errors and their ends
 * of streams are never sent.
 */
const isMute = ({ version, wire }: { version: GoMicroVersion; wire: WireName }, contentType: string) =>
  version === "v2" && wire === "mucp" && contentType !== JSON_TYPE;
/** From v2 on the answers of a mucp stream share one buffer: those that wait to be sent are overwritten by the next. */
const garblesStreams = ({ version, wire }: { version: GoMicroVersion; wire: WireName }) =>
  version !== "v1" && wire === "mucp";

describe.skipIf(missing !== undefined).each(WIRES)(
  `our client calls go-micro's server $name${skipReason}`,
  (wire) => {
    let peer: GoMicroPeer;
    let client: Client;
    let greeter: GreeterClient;
    let at: CallOptions;

    beforeAll(async () => {
      peer = new GoMicroPeer(programOf(wire.version), alone(wire.wire));
      at = { address: await peer.ready(), protocol: wire.wire };
      client = createClient({ name: "go.micro.web.test", transport: createTcpTransport() });
      greeter = createGreeterClient(client, SERVICE);
    });
    afterAll(async () => {
      await client?.close();
      await peer?.stop();
    });

    const failure = (work: Promise<unknown>) =>
      work.then(
        () => expect.fail("the call succeeded"),
        (error: unknown) => error as MicroError,
      );
    async function* named(...names: string[]) {
      for (const name of names) yield { name };
    }
    async function textsOf(replies: AsyncIterable<Response>) {
      const texts: string[] = [];
      for await (const { text } of replies) texts.push(text);
      return texts;
    }
    /** Says the next name when the one before was answered. */
    async function conversation(options: CallOptions, names: readonly string[]) {
      const texts: string[] = [];
      let answered = () => {};
      async function* requests() {
        for (const name of names) {
          const answer = new Promise<void>((resolve) => {
            answered = resolve;
          });
          yield { name };
          await answer;
        }
      }
      for await (const { text } of greeter.chat(requests(), options)) {
        texts.push(text);
        answered();
      }
      return texts;
    }

    test.each(["application/protobuf", JSON_TYPE])(
      "when the content type is %s then messages arrive whole",
      async (contentType) => {
        const request = {
          ...FULL,
          bigNumber: 9007199254740993n,
          data: Buffer.from("bytes"),
          born: { seconds: 86_400n, nanos: 0 },
        };
        const answer = await greeter.hello(request, { ...at, contentType, metadata: { "x-user": "ada" } });
        expect(answer).toMatchObject({
          text: "Hello Ada",
          request: { ...request, data: new Uint8Array(request.data) },
        });
        const seen = Object.fromEntries(
          Object.entries(answer.metadata).map(([name, value]) => [name.toLowerCase(), value]),
        );
        expect(seen).toMatchObject({ "x-user": "ada", "micro-from-service": "go.micro.web.test" });
        expect(answer.timeLeftMs).toBeGreaterThan(3000n);
        expect(answer.timeLeftMs).toBeLessThanOrEqual(5000n);
        expect(await greeter.hello({}, { ...at, contentType })).toMatchObject({ text: "Hello " });
      },
    );

    for (const contentType of ["application/protobuf", JSON_TYPE]) {
      const options = () => ({ ...at, contentType });
      const mute = isMute(wire, contentType);

      test.skipIf(mute)(
        `when a handler fails and the type is ${contentType} then id, code and detail arrive`,
        async () => {
          const request = { name: "some.id", bigNumber: 404n, data: Buffer.from("not – here") };
          expect(await failure(greeter.fail(request, options()))).toMatchObject({
            id: "some.id",
            code: 404,
            detail: "not – here",
          });
        },
      );

      test.runIf(mute)(
        `when the peer cannot send errors in ${contentType} then the call ends in time, and the next one succeeds`,
        async () => {
          const error = await failure(greeter.fail({}, { ...options(), timeoutMs: 300 }));
          expect(error).toMatchObject({ code: 408 });
          expect(await greeter.hello({ name: "Ada" }, options())).toMatchObject({ text: "Hello Ada" });
        },
      );

      test.skipIf(mute || garblesStreams(wire))(
        `when it streams in ${contentType} then all messages come, and the end`,
        async () => {
          expect(await textsOf(greeter.count({ bigNumber: 3n }, options()))).toEqual(["1", "2", "3"]);
          const replies = greeter.count({ bigNumber: 2n, name: "fail" }, options());
          expect(await failure(textsOf(replies))).toMatchObject({
            id: SERVICE,
            code: 409,
            detail: "no more",
          });
        },
      );

      test(`when we stream in ${contentType} then its one answer comes back, however the requests end`, async () => {
        expect(await greeter.join(named("a", "b"), options())).toMatchObject({ text: "ab" });
        expect(await greeter.join(named("a", "b", "end"), options())).toMatchObject({ text: "ab" });
      });

      test(`when both stream in ${contentType} and our requests end then so do the answers`, async () => {
        expect(await conversation(options(), ["a", "b"])).toEqual(["you said a", "you said b"]);
      });

      test.skipIf(mute)(
        `when both stream in ${contentType} and it ends, or fails, then we know`,
        async () => {
          expect(await conversation(options(), ["a", "bye"])).toEqual(["you said a"]);
          expect(await failure(conversation(options(), ["a", "fail"]))).toMatchObject({
            id: SERVICE,
            code: 400,
            detail: "you said fail",
          });
        },
      );
    }

    test("when service or method are unknown then the error is 501", async () => {
      const unknown = { ...Greeter.methods.hello, name: "Nope" };
      const options = { ...at, contentType: JSON_TYPE };
      expect(await failure(client.unary(SERVICE, unknown, {}, options))).toMatchObject({ code: 501 });
    });

    test("when the deadline passes or the caller cancels then its handler ends", async () => {
      expect(await failure(greeter.hang({}, { ...at, timeoutMs: 200 }))).toMatchObject({ code: 408 });
      await peer.heard("hang ended");
    });

    test("when we leave a stream then its handler stops", async () => {
      for await (const _ of greeter.chat(named("a", "b", "c"), at)) break;
      expect((await Promise.race([peer.heard("chat ended"), peer.heard("chat failed")])).event).toMatch(
        /^chat/,
      );
    });

    test("when a hundred calls run at once then each gets its own answer", async () => {
      const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
      const answers = await Promise.all(names.map((name) => greeter.hello({ name }, at)));
      expect(answers.map(({ text }) => text)).toEqual(names.map((name) => `Hello ${name}`));
    });

    test("when a message has 3 MiB then it arrives, and so does the answer", async () => {
      const data = new Uint8Array(3 << 20).fill(7);
      const { request } = await greeter.hello({ data }, at);
      expect(Buffer.compare(request?.data ?? new Uint8Array(0), data)).toBe(0);
    });
  },
);
