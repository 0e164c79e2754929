import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import {
  createClient,
  createMemoryRegistry,
  createSelector,
  createTcpTransport,
} from "@micro-service/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiGateway, createWebProxy } from "../../../src/toolkit/index.ts";

/** A machine nobody should reach through us. */
let victim: Server;
let reached = 0;

beforeEach(async () => {
  reached = 0;
  victim = createServer((socket) => {
    reached++;
    socket.destroy();
  });
  victim.listen(0, "127.0.0.1");
  await once(victim, "listening");
});

afterEach(() => {
  victim.close();
});

/** Every way of writing an address, in every place of a URL where a sloppy parser would find one. */
function tricks(port: number): string[] {
  const hosts = [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `127.1:${port}`,
    `2130706433:${port}`,
    `0x7f000001:${port}`,
    `0177.0.0.1:${port}`,
    `[::1]:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `127.0.0.1%3A${port}`,
    `%6c%6f%63alhost:${port}`,
    `loc\u0430lhost:${port}`,
    `user:pass@127.0.0.1:${port}`,
  ];
  const shapes = [
    (host: string) => `/${host}/x`,
    (host: string) => `//${host}/x`,
    (host: string) => `///${host}/x`,
    (host: string) => `http://${host}/x`,
    (host: string) => `/http://${host}/x`,
    (host: string) => `/http:%2f%2f${host}/x`,
    (host: string) => `/@${host}/x`,
    (host: string) => `/shop@${host}/x`,
    (host: string) => `/shop%40${host}/x`,
    (host: string) => `/shop/..//${host}/x`,
    (host: string) => `/shop/%2e%2e/${host}/x`,
    (host: string) => `/shop\\@${host}/x`,
    (host: string) => `/shop;${host}/x`,
    (host: string) => `/shop?service=${host}&address=${host}`,
    (host: string) => `/%00${host}/x`,
    (host: string) => `/.${host}/x`,
    (host: string) => `/v1/${host}/x`,
    (host: string) => `*${host}`,
  ];
  return hosts.flatMap((host) => shapes.map((shape) => encodeURI(shape(host)).replaceAll("%25", "%")));
}

function ask(address: string, path: string, victimAddress: string): Promise<number> {
  const [host, port] = address.split(":");
  const headers = {
    "x-micro-service": victimAddress,
    "micro-address": victimAddress,
    "x-forwarded-host": victimAddress,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, headers, agent: false }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    request.once("error", reject);
    request.end();
  });
}

test.each(["micro api", "micro web"])(
  "no URL makes %s connect to an address that is no node",
  async (which) => {
    const registry = createMemoryRegistry();
    const selector = createSelector({ registry });
    const client = createClient({ selector, transport: createTcpTransport() });
    const server =
      which === "micro api"
        ? createApiGateway({ client, registry, enableRpc: true })
        : createWebProxy({ registry, selector });
    const address = await server.listen("127.0.0.1:0");
    const { port } = victim.address() as AddressInfo;
    const urls = tricks(port);
    expect(urls.length).toBeGreaterThan(200);
    const statuses = new Set<number>();
    for (const url of urls) statuses.add(await ask(address, url, `127.0.0.1:${port}`));
    expect([...statuses].filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect(reached).toBe(0);
    await server.close({ graceMs: 50 });
    await client.close();
    await selector.close();
    await registry.close();
  },
);
