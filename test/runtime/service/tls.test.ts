import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import type { Peer } from "../../../src/runtime/context/index.ts";
import { forbidden } from "../../../src/runtime/errors/index.ts";
import { isUnsent } from "../../../src/runtime/protocol/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import {
  createConnection,
  createService,
  type ServiceOptions,
  silentLogger,
} from "../../../src/runtime/service/index.ts";
import { type Authority, createAuthority, type Issued } from "../../support/certificates.ts";
import { createGreeterClient, Greeter, Text } from "./greeter.ts";

const name = "go.micro.srv.greeter";
const PROTOCOLS = ["grpc", "connect", "grpc-web", "json", "mucp"];
let folder: string;
let authority: Authority;
let greeter: Issued;
let shop: Issued;
const closers: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-service-"));
  authority = createAuthority(folder);
  greeter = authority.issue("greeter", { names: [name] });
  shop = authority.issue("shop", { names: ["go.micro.web.shop"] });
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function surroundings(registry: Registry) {
  return {
    registry,
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
  };
}

async function serve(registry: Registry, options: Partial<ServiceOptions>) {
  const peers: Peer[] = [];
  const service = await createService({
    name,
    ...surroundings(registry),
    serverInterceptors: [
      (next) => (call) => {
        peers.push(call.context.peer);
        return next(call);
      },
    ],
    ...options,
  });
  service.server.handle(Greeter, { hello: ({ text }) => ({ text: `Hello ${text}` }), fail: (text) => text });
  await service.start();
  closers.push(() => service.stop());
  return { service, peers };
}

async function caller(registry: Registry, options: Partial<ServiceOptions>) {
  const connection = await createConnection({
    name: "go.micro.web.shop",
    ...surroundings(registry),
    ...options,
  });
  closers.push(() => connection.close());
  return connection.client;
}

describe("a service with a certificate", () => {
  test.each(PROTOCOLS)(
    "when it is called by %s then the call works, and the caller's proven names reach it",
    async (protocol) => {
      const registry = createMemoryRegistry();
      const { peers } = await serve(registry, { tls: { ...greeter, clientCaFile: authority.caFile } });
      const client = await caller(registry, { clientTls: { caFile: authority.caFile, ...shop } });
      const answer = await client.unary(name, Greeter.methods.hello, { text: "Ada" }, { protocol });
      expect(answer.text).toBe("Hello Ada");
      expect(peers).toEqual([expect.objectContaining({ protocol, names: ["go.micro.web.shop"] })]);
    },
  );

  test("when flags name the files then it is the same", async () => {
    const registry = createMemoryRegistry();
    const args = ["--tls_cert_file", greeter.certFile, `--tls_key_file=${greeter.keyFile}`];
    await serve(registry, { args });
    const client = await caller(registry, { env: { MICRO_CLIENT_TLS_CA_FILE: authority.caFile } });
    await expect(createGreeterClient(client, name).hello({ text: "Ada" })).resolves.toEqual({
      text: "Hello Ada",
    });
    const [record] = await registry.getService(name);
    expect(record?.nodes[0]?.metadata.secure).toBe("true");
  });

  test("when a node announces the service but cannot prove to be it then no call reaches it", async () => {
    const registry = createMemoryRegistry();
    const impostor = authority.issue("impostor", { names: ["go.micro.srv.other"] });
    const { peers } = await serve(registry, { tls: impostor });
    const client = await caller(registry, { clientTls: { caFile: authority.caFile } });
    await expect(createGreeterClient(client, name).hello({ text: "secret" })).rejects.toMatchObject({
      code: 503,
      detail: expect.stringContaining("is for go.micro.srv.other, not for go.micro.srv.greeter"),
    });
    expect(peers).toEqual([]);
  });

  test.each(PROTOCOLS)(
    "when a caller without TLS settings calls it by %s then it is told what is missing, and nothing is dialled",
    async (protocol) => {
      const registry = createMemoryRegistry();
      const { service } = await serve(registry, { tls: greeter });
      const client = await caller(registry, {});
      const error = await client
        .unary(name, Greeter.methods.hello, { text: "Ada" }, { protocol })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 503,
        detail: `${service.address} serves TLS; name the authority of its certificate with --client_tls_ca_file (see docs/tls.md)`,
      });
      expect(isUnsent(error)).toBe(true);
    },
  );

  test("when another node still serves plain text then a caller without TLS settings gets that one", async () => {
    const registry = createMemoryRegistry();
    await serve(registry, { tls: greeter });
    await serve(registry, {});
    const client = createGreeterClient(await caller(registry, {}), name);
    for (let call = 0; call < 5; call++) expect((await client.hello({ text: "Ada" })).text).toBe("Hello Ada");
  });

  test("when a caller without certificate calls a service that demands one then it is told", async () => {
    const registry = createMemoryRegistry();
    const { peers } = await serve(registry, { tls: { ...greeter, clientCaFile: authority.caFile } });
    const client = await caller(registry, { clientTls: { caFile: authority.caFile } });
    await expect(createGreeterClient(client, name).hello({ text: "Ada" })).rejects.toMatchObject({
      code: 503,
      detail: expect.stringContaining("--client_tls_cert_file"),
    });
    expect(peers).toEqual([]);
  });

  test("when an interceptor looks at proven names then only whom it knows may call", async () => {
    const registry = createMemoryRegistry();
    await serve(registry, {
      tls: { ...greeter, clientCaFile: authority.caFile },
      serverInterceptors: [
        (next) => (call) => {
          if (!call.context.peer.names?.includes("go.micro.web.shop"))
            throw forbidden(name, "only the shop may call");
          return next(call);
        },
      ],
    });
    const stranger = authority.issue("stranger", { names: ["go.micro.web.other"] });
    const of = async (own: Issued) =>
      createGreeterClient(await caller(registry, { clientTls: { caFile: authority.caFile, ...own } }), name);
    await expect((await of(shop)).hello({ text: "Ada" })).resolves.toEqual({ text: "Hello Ada" });
    await expect((await of(stranger)).hello({ text: "Ada" })).rejects.toMatchObject({ code: 403 });
  });

  test("when a caller trusts everybody then that is said, once", async () => {
    const lines: string[] = [];
    const connection = await createConnection({
      name: "go.micro.web.shop",
      registry: createMemoryRegistry(),
      broker: "http",
      args: [],
      env: {},
      clientTls: { insecureSkipVerify: true },
      logger: { ...silentLogger, warn: (line) => lines.push(line) },
    });
    closers.push(() => connection.close());
    expect(lines.filter((line) => line.includes("NOT verified"))).toHaveLength(1);
  });

  test.each<[string, string[], RegExp]>([
    ["half a pair", ["--tls_cert_file", "a.pem"], /tls_cert_file and tls_key_file belong together/],
    [
      "half a pair to call with",
      ["--client_tls_key_file", "a.pem"],
      /client_tls_cert_file and client_tls_key_file/,
    ],
    [
      "a file that is missing",
      ["--tls_cert_file=/none.pem", "--tls_key_file=/none.key"],
      /\/none\.(pem|key): cannot be read/,
    ],
    ["a flag that is none", ["--tls_certificate", "a.pem"], /unknown flag --tls_certificate/],
    [
      "trust in everybody and somebody",
      ["--client_tls_insecure_skip_verify=true", "--client_tls_ca_file=a"],
      /leave it out/,
    ],
  ])("when it is given %s then it does not start", async (_, args, message) => {
    await expect(serve(createMemoryRegistry(), { args })).rejects.toThrow(message);
  });
});

describe("peers we did not write, over TLS", () => {
  const identity = {
    serialize: (text: Text) => Buffer.from(Text.encode(text)),
    deserialize: (bytes: Buffer) => Text.decode(bytes),
  };

  test("when grpc-js calls with a certificate then it is answered", async () => {
    const { service } = await serve(createMemoryRegistry(), {
      tls: { ...greeter, clientCaFile: authority.caFile },
    });
    const credentials = grpc.credentials.createSsl(
      readFileSync(authority.caFile),
      readFileSync(shop.keyFile),
      readFileSync(shop.certFile),
    );
    const client = new grpc.Client(service.address as string, credentials, {
      "grpc.ssl_target_name_override": name,
    });
    closers.push(() => client.close());
    const answer = await new Promise<Text>((resolve, reject) => {
      client.makeUnaryRequest(
        "/greeter.Greeter/Hello",
        identity.serialize,
        identity.deserialize,
        { text: "Ada" },
        (error, value) => (error === null ? resolve(value as Text) : reject(error)),
      );
    });
    expect(answer.text).toBe("Hello Ada");
  });

  test("when a grpc-js server proves to be the service then we call it", async () => {
    const server = new grpc.Server();
    const path = "/greeter.Greeter/Hello";
    const { serialize, deserialize } = identity;
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    };
    server.addService({ hello: method } as grpc.ServiceDefinition, {
      hello: (call: grpc.ServerUnaryCall<Text, Text>, done: grpc.sendUnaryData<Text>) =>
        done(null, { text: `Hello ${call.request.text}` }),
    });
    const pair = { private_key: readFileSync(greeter.keyFile), cert_chain: readFileSync(greeter.certFile) };
    const credentials = grpc.ServerCredentials.createSsl(readFileSync(authority.caFile), [pair], true);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    closers.push(() => server.forceShutdown());
    const client = await caller(createMemoryRegistry(), { clientTls: { caFile: authority.caFile, ...shop } });
    const answer = await client.unary(
      name,
      Greeter.methods.hello,
      { text: "Ada" },
      { address: `127.0.0.1:${port}` },
    );
    expect(answer.text).toBe("Hello Ada");
  });

  test.each(["http/1.1", "h2"])("when a program speaks %s then it is served", async (alpn) => {
    const { service } = await serve(createMemoryRegistry(), { tls: greeter });
    const port = Number(service.address?.split(":")[1]);
    if (alpn === "h2") {
      const { connect } = await import("node:http2");
      const session = connect(`https://127.0.0.1:${port}`, {
        ca: readFileSync(authority.caFile),
        servername: name,
      });
      closers.push(() => session.destroy());
      const status = await new Promise((resolve, reject) => {
        session.on("error", reject);
        session.request({ ":path": "/healthz" }).on("response", (headers) => resolve(headers[":status"]));
      });
      expect(status).toBe(200);
    } else {
      const status = await new Promise((resolve, reject) => {
        httpsRequest(
          { host: "127.0.0.1", port, path: "/healthz", ca: readFileSync(authority.caFile), servername: name },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        )
          .on("error", reject)
          .end();
      });
      expect(status).toBe(200);
    }
  });
});
