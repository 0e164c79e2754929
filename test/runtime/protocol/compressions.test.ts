import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient as createForeignClient, type Transport } from "@connectrpc/connect";
import {
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/index.ts";
import { createClient } from "../../../src/runtime/client/index.ts";
import { COMPRESSIONS } from "../../../src/runtime/protocol/index.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter } from "../../fixtures/greeter/expected/greeter.service.ts";

/** A compression as connect-node wants one, counting what goes through it. */
interface Counted {
  readonly name: string;
  compressed: number;
  unfolded: number;
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  decompress(bytes: Uint8Array, readMaxBytes: number): Promise<Uint8Array>;
}

function counted(name: string): Counted {
  const own = COMPRESSIONS.find((one) => one.name === name);
  if (own === undefined) throw new Error(`this Node has no ${name}`);
  return {
    name,
    compressed: 0,
    unfolded: 0,
    compress(bytes) {
      this.compressed += 1;
      return own.compress(bytes);
    },
    async decompress(bytes, readMaxBytes) {
      this.unfolded += 1;
      return own.inflate(bytes, readMaxBytes);
    },
  };
}

const NAMES = ["gzip", "br", "zstd"] as const;
const missing = (name: string) => !COMPRESSIONS.some((one) => one.name === name);
const LONG = "Ada".repeat(1000);
const MANY = Array.from({ length: 3 }, (_, i) => `${LONG} ${i}`);
const cleanups: (() => unknown)[] = [];
let desc: DescService;

beforeAll(async () => {
  const cwd = fileURLToPath(new URL("../../fixtures/greeter", import.meta.url));
  const { descriptorSet } = await loadSchema({ files: ["greeter.proto"], cwd });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  desc = registry.getService("greeter.Greeter") as DescService;
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function* names() {
  for (const name of MANY) yield { name };
}

const handler = {
  hello: ({ name }: { name: string }) => ({ msg: name }),
  async *count({ name, times }: { name: string; times: number }) {
    for (let i = 0; i < times; i++) yield { msg: `${name} ${i}` };
  },
  async gather(requests: AsyncIterable<{ name: string }>) {
    let msg = "";
    for await (const { name } of requests) msg += name;
    return { msg };
  },
  async *chat(requests: AsyncIterable<{ name: string }>) {
    for await (const { name } of requests) yield { msg: name };
  },
};

interface Foreign {
  hello(request: { name: string }): Promise<{ msg: string }>;
  gather(requests: AsyncIterable<{ name: string }>): Promise<{ msg: string }>;
  count(request: { name: string; times: number }): AsyncIterable<{ msg: string }>;
}

const WIRES: readonly [name: string, version: "1.1" | "2", make: (options: never) => Transport][] = [
  ["connect", "1.1", createConnectTransport],
  ["connect", "2", createConnectTransport],
  ["grpc-web", "1.1", createGrpcWebTransport],
  ["grpc-web", "2", createGrpcWebTransport],
  ["grpc", "2", createGrpcTransport],
];

describe.each(WIRES)("%s on HTTP/%s", (protocol, httpVersion, make) => {
  describe.each(NAMES)("compressed by %s", (name) => {
    const title = (text: string) => (missing(name) ? `${text} (skipped: this Node has no ${name})` : text);

    test.skipIf(missing(name))(title("connect-node and our server understand each other"), async () => {
      const server = createServer({ name: "x", address: "127.0.0.1:0", transport: createTcpTransport() });
      server.handle(Greeter, handler);
      await server.start();
      cleanups.push(() => server.stop({ graceMs: 0 }));
      const one = counted(name);
      const options = {
        baseUrl: `http://${server.address}`,
        httpVersion,
        sendCompression: one,
        acceptCompression: [one],
        idleConnectionTimeoutMs: 1,
      };
      const client = createForeignClient(desc, make(options as never)) as unknown as Foreign;
      expect((await client.hello({ name: LONG })).msg).toBe(LONG);
      expect((await client.gather(names())).msg).toBe(MANY.join(""));
      const came: string[] = [];
      for await (const { msg } of client.count({ name: LONG, times: 3 })) came.push(msg);
      expect(came).toEqual(MANY);
      // One for each message of a kilobyte or more: hello, three of gather, one of count; and their answers.
      expect([one.compressed, one.unfolded]).toEqual([5, 5]);
    });

    test.skipIf(missing(name))(
      title("our client and connect-node's server understand each other"),
      async () => {
        const one = counted(name);
        const listener = connectNodeAdapter({
          acceptCompression: [one as never],
          compressMinBytes: 1024,
          routes: (router) => router.service(desc, handler as never),
        });
        const peer = httpVersion === "2" ? createHttp2Server(listener) : createHttp1Server(listener);
        await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
        cleanups.push(() => peer.close());
        const client = createClient({ transport: createTcpTransport(), httpVersion, compression: name });
        cleanups.push(() => client.close());
        const at = { address: `127.0.0.1:${(peer.address() as AddressInfo).port}`, protocol };
        const { hello, gather, count } = Greeter.methods;
        expect((await client.unary("any", hello, { name: LONG }, at)).msg).toBe(LONG);
        expect((await client.clientStream("any", gather, names(), at)).msg).toBe(MANY.join(""));
        const came: string[] = [];
        for await (const { msg } of client.serverStream("any", count, { name: LONG, times: 3 }, at))
          came.push(msg);
        expect(came).toEqual(MANY);
        expect([one.compressed, one.unfolded]).toEqual([5, 5]);
      },
    );
  });
});
