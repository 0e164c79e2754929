import { getEventListeners, setMaxListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CallOptions, type Client, createClient } from "../../../src/runtime/client/index.ts";
import type { Context } from "../../../src/runtime/context/index.ts";
import type { Http2Engine } from "../../../src/runtime/http2/index.ts";
import { createNodeHttp2Engine } from "../../../src/runtime/http2/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, type Hello } from "../../runtime/protocol/greeter.ts";

/** `.ci/nightly` asks for more. */
const STREAMS = Number(process.env.ABORTED_STREAMS ?? 3000);
const AT_ONCE = 50;
/** Long enough that it is worth compressing. */
const NAME = "x".repeat(1500);

let server: Server;
let client: Client;
let connect: (way: Way) => void;
let handler: LeavingHandler;
/** Streams that one of both ends was given and not yet told the end of. */
let openStreams: number;
let runningCalls: Set<unknown>;
/** Of the caller's own, given to many calls and never aborted. */
let longLived: AbortSignal;

/** Leaves its calls as it is told by their first request: it returns early, throws, or reads no more. */
class LeavingHandler extends GreeterHandler {
  override async *chat(requests: AsyncIterable<Hello>, context?: Context): AsyncGenerator<Hello> {
    for await (const { name } of requests) {
      if (await this.leaves(name, context)) return;
      yield { name };
    }
  }

  override async join(requests: AsyncIterable<Hello>, context?: Context): Promise<Hello> {
    for await (const { name } of requests) {
      if (await this.leaves(name, context)) break;
    }
    return { name: "" };
  }

  override async *forever(request: Hello, context: Context): AsyncGenerator<Hello> {
    for (;;) {
      yield request;
      if (await this.leaves(request.name, context)) return;
    }
  }

  private async leaves(name: string, context: Context | undefined): Promise<boolean> {
    if (name === "throw") throw new Error("the handler's own");
    if (name === "stop" && context?.signal.aborted === false) {
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    }
    return name === "return";
  }
}

/** The engine, counting what is open on both sides. */
function countingEngine(): Http2Engine {
  const engine = createNodeHttp2Engine();
  const counted = <T extends { onClose(close: never): void }>(receiver: T): T => {
    openStreams += 1;
    const onClose = receiver.onClose.bind(receiver);
    receiver.onClose = (close: never) => {
      openStreams -= 1;
      onClose(close);
    };
    return receiver;
  };
  return {
    name: "counting",
    accept: (connection, sessionHandler, limits) =>
      engine.accept(
        connection,
        {
          onStream: (...stream) => counted(sessionHandler.onStream(...stream)),
          onClose: () => sessionHandler.onClose(),
        },
        // After some 1,000 resets node:http2 gives a connection up without a word; the liveness check ends it.
        { ...limits, maxResetsPerSecond: STREAMS, livenessIntervalMs: 1000 },
      ),
    async connect(connection, authority, limits) {
      const session = await engine.connect(connection, authority, limits);
      const open = session.open.bind(session);
      session.open = (headers, end, receiver) => open(headers, end, counted(receiver));
      return session;
    },
  };
}

beforeEach(async () => {
  openStreams = 0;
  longLived = new AbortController().signal;
  setMaxListeners(AT_ONCE, longLived);
  handler = new LeavingHandler();
  runningCalls = new Set();
  const transport = createTcpTransport();
  const http2 = countingEngine();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport,
    http2,
    logger: { error() {} },
  });
  server.handle(Greeter, handler);
  const { begin, end } = server.dispatcher;
  Object.assign(server.dispatcher, {
    begin: (call: never) => {
      runningCalls.add(call);
      begin(call);
    },
    end: (call: never) => {
      runningCalls.delete(call);
      end(call);
    },
  });
  await server.start();
  connect = ({ httpVersion, compression }) => {
    client = createClient({
      transport,
      http2,
      httpVersion,
      compression,
      // Every way must leave by itself.
      retries: 0,
      localService: (name) => (name === "local" ? server.dispatcher : undefined),
    });
  };
});

afterEach(async () => {
  await client.close();
  await server.stop({ graceMs: 0 });
});

/** How the calls get to the server. */
interface Way {
  readonly name: string;
  readonly service: "wire" | "local";
  readonly protocol?: string;
  readonly httpVersion?: "1.1" | "2";
  readonly contentType?: string;
  readonly compression?: string;
  readonly unaryOnly?: boolean;
}
const WAYS: readonly Way[] = [
  { name: "gRPC", service: "wire", protocol: "grpc" },
  {
    name: "gRPC, JSON and gzip",
    service: "wire",
    protocol: "grpc",
    contentType: "application/grpc+json",
    compression: "gzip",
  },
  { name: "Connect", service: "wire", protocol: "connect" },
  { name: "Connect, JSON", service: "wire", protocol: "connect", contentType: "application/json" },
  { name: "gRPC-Web", service: "wire", protocol: "grpc-web" },
  { name: "Connect on HTTP/1.1", service: "wire", protocol: "connect", httpVersion: "1.1" },
  { name: "gRPC-Web on HTTP/1.1", service: "wire", protocol: "grpc-web", httpVersion: "1.1" },
  { name: "plain JSON", service: "wire", protocol: "json", unaryOnly: true },
  { name: "plain JSON on HTTP/2", service: "wire", protocol: "json", httpVersion: "2", unaryOnly: true },
  { name: "mucp", service: "wire", protocol: "mucp" },
  { name: "no wire", service: "local" },
];

/** One call that is about to be left. `own`: aborted at the latest when it is over. */
interface Leaving {
  readonly service: string;
  readonly options: CallOptions;
  readonly own: AbortController;
}
type Ending = (call: Leaving) => Promise<unknown>;

const { forever, chat, join, hang, crash } = Greeter.methods;

async function* endless({ own: { signal } }: Leaving, name = NAME) {
  for (let i = 0; !signal.aborted; i++) {
    yield { name };
    if (i > 2) await new Promise(setImmediate);
  }
}

/** Some turns of the event loop: whatever is sent meanwhile arrives. */
async function aWhile(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

const aborting = ({ options, own }: Leaving): CallOptions => ({ ...options, signal: own.signal });

/** How a call with streams ends before it is complete. */
const STREAM_ENDINGS: Readonly<Record<string, Ending>> = {
  async "the caller leaves a stream of answers"({ service, options }) {
    for await (const _ of client.serverStream(service, forever, { name: NAME }, options)) break;
  },
  async "the caller aborts a stream of answers"(call) {
    for await (const _ of client.serverStream(call.service, forever, { name: NAME }, aborting(call))) {
      call.own.abort();
    }
  },
  async "the caller takes nothing of a stream of answers, then aborts"(call) {
    const answers = client.serverStream(call.service, forever, { name: NAME }, aborting(call));
    await answers[Symbol.asyncIterator]().next();
    await aWhile();
    call.own.abort();
  },
  async "the caller leaves a stream in both directions"(call) {
    for await (const _ of client.bidiStream(call.service, chat, endless(call), call.options)) break;
  },
  async "the caller throws while it reads"(call) {
    for await (const _ of client.bidiStream(call.service, chat, endless(call), call.options)) {
      throw new Error("the caller's own");
    }
  },
  async "the caller aborts while it sends"(call) {
    const joined = client.clientStream(call.service, join, endless(call), aborting(call));
    setImmediate(() => call.own.abort());
    await joined;
  },
  async "the caller's requests throw"(call) {
    const requests = (async function* () {
      yield { name: NAME };
      throw new Error("the caller's own");
    })();
    await client.clientStream(call.service, join, requests, call.options);
  },
  async "the deadline passes"(call) {
    const options = { ...call.options, timeoutMs: 5 };
    for await (const _ of client.bidiStream(call.service, chat, endless(call), options));
  },
  async "the handler of a stream in both directions returns early"(call) {
    for await (const _ of client.bidiStream(call.service, chat, endless(call, "return"), call.options));
  },
  async "the handler of a stream of requests returns early"(call) {
    await client.clientStream(call.service, join, endless(call, "return"), call.options);
  },
  async "the handler of a stream of answers returns early"({ service, options }) {
    for await (const _ of client.serverStream(service, forever, { name: "return" }, options));
  },
  async "the handler of a stream in both directions throws"(call) {
    for await (const _ of client.bidiStream(call.service, chat, endless(call, "throw"), call.options));
  },
  async "the handler of a stream of requests throws"(call) {
    await client.clientStream(call.service, join, endless(call, "throw"), call.options);
  },
  async "the handler of a stream of answers throws"({ service, options }) {
    for await (const _ of client.serverStream(service, forever, { name: "throw" }, options));
  },
  async "the handler stops reading, then the caller aborts"(call) {
    const joined = client.clientStream(call.service, join, endless(call, "stop"), aborting(call));
    void aWhile().then(() => call.own.abort());
    await joined;
  },
};

const UNARY_ENDINGS: Readonly<Record<string, Ending>> = {
  async "the caller of a unary method aborts"(call) {
    setImmediate(() => call.own.abort());
    await client.unary(call.service, hang, { name: NAME }, aborting(call));
  },
  async "the deadline of a unary call passes"({ service, options }) {
    await client.unary(service, hang, { name: NAME }, { ...options, timeoutMs: 5 });
  },
  async "a unary handler throws"({ service, options }) {
    await client.unary(service, crash, { name: NAME }, options);
  },
};

/** Leaves one call as the table says; how the caller is told is another test's subject. */
async function leaveOne(endings: readonly Ending[], index: number, way: Way): Promise<void> {
  const { service, protocol, contentType } = way;
  const own = new AbortController();
  const options: CallOptions = {
    signal: longLived,
    ...(contentType === undefined ? {} : { contentType }),
    ...(service === "local" ? {} : { address: server.address as string, protocol: protocol as string }),
  };
  const end = endings[index % endings.length] as Ending;
  await end({ service, options, own }).catch(() => {});
  own.abort();
}

/** Sockets, timers and whatever else would keep the process busy, but what the next turn does anyway. */
const handles = () => process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate");
const sockets = () => handles().filter((kind) => kind.startsWith("TCP")).length;

const settled = async () => {
  await expect
    .poll(() => [openStreams, runningCalls.size, getEventListeners(longLived, "abort").length])
    .toEqual([0, 0, 0]);
  handler.log.length = 0;
  handler.contexts.length = 0;
};

/** More than one half of the calls may leave: a call that stays would be thousands of bytes for each. */
const ALLOWED_BYTES = 1024 * 1024;

test.each(WAYS)(
  "when many calls over $name are left in the middle, in every way, then nothing of them is left",
  { timeout: 60_000 + STREAMS * 30 },
  async (way) => {
    const endings = Object.values(way.unaryOnly ? UNARY_ENDINGS : { ...STREAM_ENDINGS, ...UNARY_ENDINGS });
    const socketsBefore = sockets();
    connect(way);
    const run = async (count: number) => {
      for (let done = 0; done < count; done += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => leaveOne(endings, done + i, way)));
        handler.log.length = 0;
        handler.contexts.length = 0;
      }
      await settled();
    };
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const collected = async () => {
      // What finalizers hold is free after a turn only.
      collectGarbage();
      await aWhile();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    // The first half is also the engine's time to warm up: its tables and compiled code are heap, too.
    await run(STREAMS / 2);
    const handlesHalfway = handles().length;
    const heapHalfway = await collected();
    await run(STREAMS / 2);
    const grown = (await collected()) - heapHalfway;
    console.log(
      `${STREAMS} calls left over ${way.name}: the heap grew by ${(grown / 1024).toFixed(0)} KiB in the second half; ${handlesHalfway} handles halfway, ${handles().length} at the end`,
    );
    expect(grown).toBeLessThan(ALLOWED_BYTES);
    // Timers of the test runner come and go; what stays of calls would be thousands.
    await expect.poll(() => handles().length).toBeLessThanOrEqual(handlesHalfway + 10);
    await client.close();
    await server.stop({ graceMs: 0 });
    await expect.poll(sockets).toBeLessThanOrEqual(socketsBefore - 1);
  },
);
