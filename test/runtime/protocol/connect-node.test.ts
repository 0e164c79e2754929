import { createServer as createHttp1Server, type Server as Http1Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createFileRegistry, type DescService, fromBinary, type Message } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  Code,
  ConnectError,
  createClient as createForeignClient,
  type CallOptions as ForeignOptions,
  type HandlerContext,
  type Transport,
} from "@connectrpc/connect";
import {
  compressionGzip,
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/index.ts";
import { type CallOptions, type Client, createClient } from "../../../src/runtime/client/index.ts";
import { MicroError } from "../../../src/runtime/errors/index.ts";
import type { Metadata } from "../../../src/runtime/metadata/index.ts";
import { errorDetail, findDetail } from "../../../src/runtime/protobuf/index.ts";
import { createServer, type Handler, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, type GreeterMethods } from "../../fixtures/greeter/expected/greeter.service.ts";
import { HelloRequest } from "../../fixtures/greeter/expected/greeter.ts";

let desc: DescService;

beforeAll(async () => {
  const cwd = fileURLToPath(new URL("../../fixtures/greeter", import.meta.url));
  const { descriptorSet } = await loadSchema({ files: ["greeter.proto"], cwd });
  desc = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet)).getService(
    "greeter.Greeter",
  ) as DescService;
});

/** The service as a foreign client sees it. */
interface Foreign {
  hello(request: { name: string }, options?: ForeignOptions): Promise<Message & { msg: string }>;
  count(request: { name: string; times: number }, options?: ForeignOptions): AsyncIterable<{ msg: string }>;
  gather(requests: AsyncIterable<{ name: string }>): Promise<{ msg: string }>;
  chat(requests: AsyncIterable<{ name: string }>): AsyncIterable<{ msg: string }>;
}

async function* names(...all: string[]) {
  for (const name of all) yield { name };
}

async function all(messages: AsyncIterable<{ msg: string }>): Promise<string[]> {
  const heard: string[] = [];
  for await (const { msg } of messages) heard.push(msg);
  return heard;
}

describe("connect-node calls our server", () => {
  let server: Server;
  let baseUrl: string;
  const sessions: Http2SessionManager[] = [];
  const aborted: string[] = [];

  const handler: Handler<GreeterMethods> = {
    hello({ name }, context) {
      if (name === "nobody") {
        throw new MicroError({
          id: "greeter",
          code: 404,
          detail: "nobody – is here",
          details: [errorDetail(HelloRequest, { name: "somebody" })],
        });
      }
      context.responseHeader.set("greeting", "warm").setBinary("photo-bin", Buffer.from([1, 2, 3]));
      context.responseTrailer.set("cost", "1");
      return { msg: `Hello ${name} by ${context.peer.protocol}` };
    },
    async *count({ name, times }, context) {
      context.signal.addEventListener("abort", () => aborted.push(name));
      for (let i = 1; i <= times; i++) {
        yield { msg: `${name} ${i}` };
        if (times > 100) await new Promise(setImmediate);
      }
    },
    async gather(requests) {
      const heard: string[] = [];
      for await (const { name } of requests) heard.push(name);
      return { msg: heard.join("+") };
    },
    async *chat(requests) {
      for await (const { name } of requests) yield { msg: `you said ${name}` };
    },
  };

  beforeAll(async () => {
    server = createServer({ name: "greeter", address: "127.0.0.1:0", transport: createTcpTransport() });
    server.handle(Greeter, handler);
    await server.start();
    baseUrl = `http://${server.address}`;
  });
  afterAll(async () => {
    for (const session of sessions) session.abort();
    await server.stop({ graceMs: 0 });
  });

  const http = (version: "1.1" | "2") => {
    if (version === "1.1")
      return { baseUrl, httpVersion: version, sendCompression: compressionGzip } as const;
    const sessionManager = new Http2SessionManager(baseUrl);
    sessions.push(sessionManager);
    return { baseUrl, httpVersion: version, sessionManager } as const;
  };

  const wires: [protocol: string, form: string, version: "1.1" | "2", make: () => Transport][] = [
    ["connect", "protobuf", "1.1", () => createConnectTransport(http("1.1"))],
    ["connect", "JSON", "1.1", () => createConnectTransport({ ...http("1.1"), useBinaryFormat: false })],
    ["connect", "GET", "1.1", () => createConnectTransport({ ...http("1.1"), useHttpGet: true })],
    ["connect", "protobuf", "2", () => createConnectTransport(http("2"))],
    ["grpc-web", "protobuf", "1.1", () => createGrpcWebTransport(http("1.1"))],
    ["grpc-web", "JSON", "2", () => createGrpcWebTransport({ ...http("2"), useBinaryFormat: false })],
    [
      "grpc",
      "protobuf",
      "2",
      () => createGrpcTransport({ baseUrl, sessionManager: http("2").sessionManager } as never),
    ],
  ];

  describe.each(wires)("by %s, %s, HTTP/%s", (protocol, _form, version, make) => {
    let client: Foreign;
    beforeAll(() => {
      client = createForeignClient(desc, make()) as unknown as Foreign;
    });

    test("when it calls a unary method then message, header and trailer come", async () => {
      let header = new Headers();
      let trailer = new Headers();
      const { msg } = await client.hello(
        { name: "Ada".repeat(500) },
        {
          onHeader: (headers) => {
            header = headers;
          },
          onTrailer: (trailers) => {
            trailer = trailers;
          },
        },
      );
      expect(msg).toBe(`Hello ${"Ada".repeat(500)} by ${protocol}`);
      expect([header.get("greeting"), header.get("photo-bin"), trailer.get("cost")]).toEqual([
        "warm",
        "AQID",
        "1",
      ]);
    });

    test("when the handler fails then code, message and details come", async () => {
      const error = await client.hello({ name: "nobody" }).then(
        () => expect.fail("the call succeeded"),
        (reason: unknown) => ConnectError.from(reason),
      );
      expect(error.code).toBe(Code.NotFound);
      expect(error.rawMessage).toBe("nobody – is here");
      expect(error.details).toMatchObject([{ type: "greeter.HelloRequest" }]);
    });

    test("when it streams then all messages come, both ways", async () => {
      expect(await all(client.count({ name: "n", times: 3 }))).toEqual(["n 1", "n 2", "n 3"]);
      expect((await client.gather(names("a", "b"))).msg).toBe("a+b");
      expect(await all(client.chat(names("a", "b")))).toEqual(["you said a", "you said b"]);
    });

    test("when it leaves a stream then the handler's signal aborts", async () => {
      const controller = new AbortController();
      const name = `${protocol} ${_form} ${version}`;
      await expect(async () => {
        for await (const { msg } of client.count({ name, times: 1_000_000 }, { signal: controller.signal })) {
          if (msg.endsWith(" 2")) controller.abort();
        }
      }).rejects.toMatchObject({ code: Code.Canceled });
      while (!aborted.includes(name)) await new Promise(setImmediate);
    });
  });
});

describe("our client calls connect-node", () => {
  const peers: (Http1Server | Http2Server)[] = [];
  const addresses = new Map<string, string>();
  let client: Client | undefined;

  beforeAll(async () => {
    const listener = connectNodeAdapter({
      routes: (router) => {
        router.service(desc, {
          hello(request: { name: string }, context: HandlerContext) {
            if (request.name === "nobody") {
              const detail = { desc: desc.method.hello?.input as never, value: { name: "somebody" } };
              throw new ConnectError("nobody – is here", Code.Aborted, { cost: "2" }, [detail as never]);
            }
            context.responseHeader.set("greeting", "warm");
            context.responseTrailer.set("cost", "1");
            return { msg: `Hello ${request.name} by ${context.protocolName} ${context.requestMethod}` };
          },
          async *count(request: { name: string; times: number }) {
            for (let i = 1; i <= request.times; i++) yield { msg: `${request.name} ${i}` };
          },
          async gather(requests: AsyncIterable<{ name: string }>) {
            const heard: string[] = [];
            for await (const { name } of requests) heard.push(name);
            return { msg: heard.join("+") };
          },
          async *chat(requests: AsyncIterable<{ name: string }>) {
            for await (const { name } of requests) yield { msg: `you said ${name}` };
          },
        } as never);
      },
    });
    for (const [version, peer] of [
      ["1.1", createHttp1Server(listener)],
      ["2", createHttp2Server(listener)],
    ] as const) {
      peers.push(peer);
      await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
      addresses.set(version, `127.0.0.1:${(peer.address() as AddressInfo).port}`);
    }
  });
  afterAll(async () => {
    await client?.close();
    for (const peer of peers) peer.close();
  });

  describe.each([
    ["connect", "1.1", undefined],
    ["connect", "2", "gzip"],
    ["grpc-web", "1.1", "gzip"],
    ["grpc-web", "2", undefined],
    ["grpc", "2", undefined],
  ] as const)("by %s, HTTP/%s, compressed by %s", (protocol, httpVersion, compression) => {
    const { methods } = Greeter;
    let ours: Client;
    let at: CallOptions;
    beforeAll(() => {
      ours = createClient({ transport: createTcpTransport(), httpVersion, compression });
      at = { address: addresses.get(httpVersion) as string, protocol };
    });
    afterAll(() => ours.close());

    test("when we call a unary method then message, header and trailer come", async () => {
      const seen: (string | undefined)[] = [];
      const note = (name: string) => (metadata: Metadata) => void seen.push(metadata.get(name));
      const options = { ...at, onHeader: note("greeting"), onTrailer: note("cost") };
      const name = "Ada".repeat(500);
      const { msg } = await ours.unary("any", methods.hello, { name }, options);
      expect(msg).toBe(`Hello ${name} by ${protocol} POST`);
      expect(seen).toEqual(["warm", "1"]);
    });

    test("when the handler fails then code, message and details come", async () => {
      const error = await ours.unary("any", methods.hello, { name: "nobody" }, at).then(
        () => expect.fail("the call succeeded"),
        (reason: unknown) => reason as MicroError,
      );
      expect(error).toMatchObject({ code: 409, grpc: 10, detail: "nobody – is here" });
      expect(findDetail(error, HelloRequest)).toEqual({ name: "somebody" });
    });

    test("when we stream then all messages come, both ways", async () => {
      expect(await all(ours.serverStream("any", methods.count, { name: "n", times: 3 }, at))).toEqual([
        "n 1",
        "n 2",
        "n 3",
      ]);
      expect((await ours.clientStream("any", methods.gather, names("a", "b"), at)).msg).toBe("a+b");
      const chat = all(ours.bidiStream("any", methods.chat, names("a", "b"), at));
      if (httpVersion === "2") expect(await chat).toEqual(["you said a", "you said b"]);
      // Theirs refuses what HTTP/1.1 carries one way after the other only.
      else await expect(chat).rejects.toMatchObject({ detail: expect.stringContaining("505") });
    });
  });

  test("when a method has no side effects and we ask for it then the call is a GET", async () => {
    client = createClient({ transport: createTcpTransport(), httpVersion: "1.1" });
    const at: CallOptions = { address: addresses.get("1.1") as string, protocol: "connect", useGet: true };
    const { msg } = await client.unary("any", Greeter.methods.hello, { name: "Ada" }, at);
    expect(msg).toBe("Hello Ada by connect GET");
    const long = await client.unary("any", Greeter.methods.hello, { name: "x".repeat(5000) }, at);
    expect(long.msg).toMatch(/by connect POST$/);
  });
});
