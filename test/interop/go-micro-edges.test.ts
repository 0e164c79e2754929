import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CallOptions,
  type Client,
  createClient,
  createServer,
  createService,
  createTcpTransport,
  type MicroError,
  type Server,
  type Transport,
} from "@micro-service/runtime";
import { createTlsTransport } from "@micro-service/runtime/transport/tls";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Debug } from "../../src/runtime/debug/gen/debug.service.ts";
import { createEtcdRegistry } from "../../src/runtime/registry/etcd/index.ts";
import type { RegistryEvent, Service } from "../../src/runtime/registry/index.ts";
import {
  createGreeterClient,
  Greeter,
  type GreeterClient,
  type GreeterHandler,
  registerGreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import { type Authority, createAuthority } from "../support/certificates.ts";
import { createEtcd, etcdSkipReason, isEtcdMissing } from "../support/etcd.ts";
import {
  buildGoMicroPeer,
  GO_MICRO_VERSIONS,
  GoMicroPeer,
  type GoMicroVersion,
  whyNoGo,
} from "../support/go-micro.ts";

vi.setConfig({ testTimeout: 30_000 });
const BUILD_MS = 10 * 60_000;
const SERVICE = "go.micro.srv.greeter";
const VERSIONS = Object.keys(GO_MICRO_VERSIONS) as GoMicroVersion[];
const missing = await whyNoGo();
const skipReason = missing === undefined ? "" : ` (skipped: ${missing})`;

const programs = new Map<GoMicroVersion, string>();
let folder: string;
let authority: Authority;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "go-micro-edges-"));
  authority = createAuthority(folder);
  if (missing !== undefined) return;
  for (const version of VERSIONS) programs.set(version, await buildGoMicroPeer(version));
}, BUILD_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const alone = (wire: string) => [
  `--server_name=${SERVICE}`,
  "--server_address=127.0.0.1:0",
  "--registry=memory",
  "--broker_address=127.0.0.1:0",
  `--client=${wire}`,
  `--server=${wire}`,
];
function peerOf(version: GoMicroVersion, wire: string, env: Record<string, string> = {}) {
  return new GoMicroPeer(programs.get(version) as string, alone(wire), env);
}

const handler: GreeterHandler = {
  hello: ({ data }, { metadata }) => ({ text: String(data.length), metadata: metadata.toJSON() }),
  fail: () => ({}),
  hang: () => ({}),
  async *count() {},
  join: () => ({}),
  async *chat() {},
};

async function serve(transport: Transport, maxMessageBytes?: number): Promise<Server> {
  const server = createServer({
    name: SERVICE,
    address: "127.0.0.1:0",
    transport,
    logger: { error() {} },
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  });
  server.handle(Greeter, handler);
  await server.start();
  return server;
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("the call succeeded"),
    (error: unknown) => error as MicroError,
  );

const WIRES = VERSIONS.flatMap((version) =>
  (["mucp", "grpc"] as const).map((wire) => ({
    version,
    wire,
    name: `${GO_MICRO_VERSIONS[version]} by ${wire}`,
  })),
);

describe.skipIf(missing !== undefined).each(WIRES)(
  `at the edges, go-micro's client $name calls us${skipReason}`,
  ({ version, wire }) => {
    let peer: GoMicroPeer;
    let server: Server;
    beforeAll(async () => {
      server = await serve(createTcpTransport(), 8 * 1024 * 1024);
      peer = peerOf(version, wire);
      await peer.ready();
    });
    afterAll(async () => {
      await peer?.stop();
      await server?.stop({ graceMs: 0 });
    });
    const hello = (request: object, metadata: Record<string, string> = {}) =>
      peer.ask({
        do: "call",
        service: SERVICE,
        endpoint: "Greeter.Hello",
        address: server.address as string,
        request: request as Record<string, unknown>,
        metadata,
      });

    test.runIf(wire === "mucp")(
      "when metadata holds a line break or other than ASCII then the call succeeds, and no header is forged",
      async () => {
        const { error, value } = await hello(
          {},
          { "X-Note": "one\r\nMicro-Error: forged", "X-Word": "grüß" },
        );
        expect(error).toBeUndefined();
        const { metadata } = value as { metadata: Record<string, string> };
        expect(metadata["x-note"]).toMatch(/^one +Micro-Error: forged$/);
        expect(metadata).not.toHaveProperty("x-word"); // gRPC could not carry it on
      },
    );

    test("when its metadata still names the topic of an event then it is a call all the same", async () => {
      const { error, value } = await hello({}, { "Micro-Topic": "some.topic" });
      expect(error).toBeUndefined();
      // Go writes an empty map as null.
      expect((value as { metadata: object | null }).metadata ?? {}).not.toHaveProperty("micro-topic");
    });

    test("when a message has 5 MiB and we allow it then it arrives; beyond what we allow it is refused in words", async () => {
      const small = await hello({ data: Buffer.alloc(5 << 20).toString("base64") });
      // grpc-go has a limit of 4 MiB of its own, which go-micro sets for both directions.
      if (wire === "mucp") expect(small).toMatchObject({ value: { text: String(5 << 20) } });
      else expect(small.error?.text).toContain("larger than max");
      const { error } = await hello({ data: Buffer.alloc(9 << 20).toString("base64") });
      expect(error?.text).toMatch(/limit|larger than max/);
      expect(await hello({ data: "" })).toMatchObject({ value: { text: "0" } });
    });
  },
);

describe.skipIf(missing !== undefined).each(WIRES)(
  `at the edges, we call go-micro's server $name${skipReason}`,
  ({ version, wire }) => {
    let peer: GoMicroPeer;
    let client: Client;
    let greeter: GreeterClient;
    let at: CallOptions;
    beforeAll(async () => {
      peer = peerOf(version, wire);
      at = { address: await peer.ready(), protocol: wire };
      client = createClient({ name: "go.micro.web.test", transport: createTcpTransport() });
      greeter = createGreeterClient(client, SERVICE);
    });
    afterAll(async () => {
      await client?.close();
      await peer?.stop();
    });

    test("when the connection was used by a call with other metadata then none of it is taken for an answer's", async () => {
      await greeter.hello({}, { ...at, metadata: { "x-secret": "of another call" } });
      const headers: unknown[] = [];
      await greeter.hello({}, { ...at, onHeader: (metadata) => headers.push(metadata.toJSON()) });
      expect(JSON.stringify(headers)).not.toContain("of another call");
    });

    test("when our metadata names what go-micro keeps for itself then it stays here", async () => {
      const metadata = { "micro-topic": "t", "micro-error": "EOS", "x-user": "ada" };
      const answer = await greeter.hello({ name: "Ada" }, { ...at, metadata });
      expect(answer.text).toBe("Hello Ada");
      const seen = Object.keys(answer.metadata).map((name) => name.toLowerCase());
      expect(seen).toContain("x-user");
      expect(seen).not.toContain("micro-topic");
      expect(seen).not.toContain("micro-error");
    });

    // v5 serves no Debug by itself.
    test.skipIf(version === "v5")("it tells us how it is: Debug.Health and Debug.Stats", async () => {
      const health = await client.unary(SERVICE, Debug.methods.health, {}, at);
      expect(health.status).toBe("ok");
      const stats = await client.unary(SERVICE, Debug.methods.stats, {}, at);
      expect(stats.memory).toBeGreaterThan(0n);
      expect(stats.threads).toBeGreaterThan(0n);
    });
  },
);

describe.skipIf(missing !== undefined).each(VERSIONS)(
  `mucp over TLS with go-micro's %s${skipReason}`,
  (version) => {
    let peer: GoMicroPeer;
    let server: Server;
    let address: string;
    const issue = (name: string) => authority.issue(name, { addresses: ["127.0.0.1"], names: [SERVICE] });
    beforeAll(async () => {
      const { caFile } = authority;
      const theirs = issue(`theirs-${version}`);
      server = await serve(createTlsTransport({ server: issue(`ours-${version}`), client: { caFile } }));
      peer = peerOf(version, "mucp", {
        PEER_CERT: theirs.certFile,
        PEER_KEY: theirs.keyFile,
        PEER_CA: caFile,
      });
      address = await peer.ready();
    });
    afterAll(async () => {
      await peer?.stop();
      await server?.stop({ graceMs: 0 });
    });

    test("it calls us", async () => {
      const answer = await peer.ask({
        do: "call",
        service: SERVICE,
        endpoint: "Greeter.Hello",
        address: server.address as string,
        request: {},
      });
      expect(answer).toMatchObject({ value: { text: "0" } });
    });

    test("we call it when we know who vouches for it, and not otherwise", async () => {
      const call = async (caFile: string) => {
        const client = createClient({
          name: "go.micro.web.test",
          transport: createTlsTransport({ client: { caFile } }),
        });
        try {
          return await createGreeterClient(client, SERVICE).hello(
            { name: "Ada" },
            { address, protocol: "mucp" },
          );
        } finally {
          await client.close();
        }
      };
      expect(await call(authority.caFile)).toMatchObject({ text: "Hello Ada" });
      const stranger = createAuthority(folder, `stranger-${version}`);
      expect(await failure(call(stranger.caFile))).toMatchObject({
        code: 503,
        detail: expect.stringMatching(/certificate/),
      });
    });
  },
);

describe.skipIf(missing !== undefined || isEtcdMissing)(
  `leases in etcd${skipReason}${etcdSkipReason}`,
  () => {
    let etcd: Awaited<ReturnType<typeof createEtcd>>;
    beforeAll(async () => {
      etcd = await createEtcd();
      await etcd.start();
    });
    afterAll(() => etcd?.remove());

    // v5 with gRPC linked in cannot register in etcd at all.
    test.each(["v1", "v2"] as const)(
      "when %s is killed then we hear of it when its lease ends",
      async (version) => {
        const name = `go.micro.srv.k${randomUUID().slice(0, 8)}`;
        const registry = createEtcdRegistry({ addresses: [etcd.address] });
        const over = new AbortController();
        const events: RegistryEvent[] = [];
        const watching = (async () => {
          for await (const event of registry.watch({ name, signal: over.signal })) events.push(event);
        })();
        const peer = new GoMicroPeer(programs.get(version) as string, [
          `--server_name=${name}`,
          "--server_address=127.0.0.1:0",
          "--broker_address=127.0.0.1:0",
          "--registry=etcd",
          `--registry_address=${etcd.address}`,
          "--register_ttl=2",
          "--register_interval=1",
        ]);
        await peer.ready();
        await expect.poll(() => registry.getService(name)).toHaveLength(1);
        const [{ nodes }] = (await registry.getService(name)) as [Service];
        await peer.kill();
        await expect.poll(() => events.at(-1)?.action, { timeout: 15_000 }).toBe("delete");
        expect(events.at(-1)).toMatchObject({ service: { name, nodes } });
        expect(await registry.getService(name)).toEqual([]);
        over.abort();
        await watching;
        await registry.close();
      },
    );
  },
);

describe.skipIf(missing !== undefined).each(WIRES)(
  `go-micro's client $name asks how we are${skipReason}`,
  ({ version, wire }) => {
    test("Debug.Health says ok", async () => {
      const around = { registry: "memory", broker: "memory", args: [], env: {}, drainDelayMs: 0 } as const;
      const service = await createService({ ...around, name: SERVICE, address: "127.0.0.1:0" });
      registerGreeterHandler(service.server, handler);
      await service.start();
      const peer = peerOf(version, wire);
      await peer.ready();
      // Its request and answer begin with a string, as those of the greeter do.
      const answer = await peer.ask({
        do: "call",
        service: SERVICE,
        endpoint: "Debug.Health",
        address: service.address as string,
        request: { name: SERVICE },
        contentType: "application/protobuf",
      });
      await peer.stop();
      await service.stop();
      expect(answer).toMatchObject({ value: { text: "ok" } });
    });
  },
);
