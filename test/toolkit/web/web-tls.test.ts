import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createMemoryBroker,
  createMemoryRegistry,
  createTcpTransport,
  createWebService,
  type Registry,
  type Transport,
} from "@micro-service/runtime";
import { createTlsTransport } from "@micro-service/runtime/transport/tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createWebProxy, type WebProxy } from "../../../src/toolkit/index.ts";
import { type Authority, createAuthority, type Issued } from "../../support/certificates.ts";

const SHOP = "go.micro.web.shop";
const folder = mkdtempSync(join(tmpdir(), "web-tls-"));
const closers: (() => unknown)[] = [];
let authority: Authority;
let registry: Registry;
let proxy: WebProxy;

beforeAll(() => {
  authority = createAuthority(folder);
});
beforeEach(() => {
  registry = createMemoryRegistry();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const certificateOf = (name: string) => authority.issue(name, { names: [name] });

async function startShop(tls: Issued & { clientCaFile?: string }): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true });
  const service = await createWebService({
    name: SHOP,
    registry,
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: { info() {}, warn() {}, error() {} },
    tls,
    handler(request, response) {
      if (request.url === "/there") response.writeHead(302, { location: `${service.url}/here` }).end();
      else response.end(`the shop, asked for ${request.url}`);
    },
    onUpgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on("message", (data) => client.send(`the shop heard ${data}`));
      });
    },
  });
  await service.start();
  closers.push(() => service.stop());
  return service.url as string;
}

async function startProxy(transport: Transport | undefined): Promise<void> {
  proxy = createWebProxy({ registry, transport });
  await proxy.listen("127.0.0.1:0");
  closers.push(() => proxy.close({ graceMs: 0 }));
}

const get = (path: string, init: RequestInit = {}) => fetch(`http://${proxy.address}${path}`, init);
const trusting = () => createTlsTransport({ client: { caFile: authority.caFile } });

describe("a web service with a certificate, behind the proxy", () => {
  test("is asked over TLS", async () => {
    expect(await startShop(certificateOf(SHOP))).toMatch(/^https:/);
    await startProxy(trusting());
    for (const path of ["/shop/a", "/shop/b"]) {
      expect(await (await get(path)).text()).toBe(`the shop, asked for ${path.slice(5)}`);
    }
    const posted = await get("/shop/c", { method: "POST", body: "x".repeat(100_000) });
    expect(await posted.text()).toBe("the shop, asked for /c");
  });

  test("keeps redirects to itself and WebSockets behind the proxy", async () => {
    await startShop(certificateOf(SHOP));
    await startProxy(trusting());
    const there = await get("/shop/there", { redirect: "manual" });
    expect(there.headers.get("location")).toBe("/shop/here");
    const socket = new WebSocket(`ws://${proxy.address}/shop/`);
    closers.push(() => socket.terminate());
    const heard = new Promise((resolve) => socket.once("message", (data) => resolve(String(data))));
    socket.once("open", () => socket.send("bread"));
    expect(await heard).toBe("the shop heard bread");
  });

  test("may demand the proxy's own", async () => {
    await startShop({ ...certificateOf(SHOP), clientCaFile: authority.caFile });
    await startProxy(trusting());
    expect((await get("/shop/")).status).toBe(502);
    await proxy.close({ graceMs: 0 });
    await startProxy(createTlsTransport({ client: { caFile: authority.caFile, ...certificateOf("proxy") } }));
    expect((await get("/shop/")).status).toBe(200);
  });

  test.each([
    [
      "its certificate is for another service",
      () => trusting(),
      /its certificate is for go\.micro\.web\.other/,
    ],
    ["nobody we trust signed it", () => createTlsTransport({ client: {} }), /signed by nobody we trust/],
    ["the proxy knows no authority", () => createTcpTransport(), /--client_tls_ca_file/],
    ["the proxy has no transport", () => undefined, /--client_tls_ca_file/],
  ])("is not asked when %s, and the answer says so", async (why, transport, said) => {
    const name = why.includes("another") ? "go.micro.web.other" : SHOP;
    await startShop(certificateOf(name));
    await startProxy(transport());
    const response = await get("/shop/", { headers: { accept: "application/json" } });
    expect(response.status).toBe(502);
    expect(await response.text()).toMatch(said);
  });

  test("answers nobody in plain text", async () => {
    const url = await startShop(certificateOf(SHOP));
    await expect(fetch(url.replace("https:", "http:"))).rejects.toThrow();
  });
});
