import { EventEmitter, once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createMemoryRegistry, createSelector, type Registry, type Selector } from "@micro-service/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createWebProxy, type WebProxy, type WebProxyOptions } from "../../../src/toolkit/index.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let registry: Registry;
let proxy: WebProxy;
const servers: Server[] = [];

/** A web service that tells what it was asked, and echoes WebSocket frames. */
async function startService(name: string, answer?: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(
    answer ??
      (async (request, response) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        const { method, url, headers } = request;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ method, url, headers, body }));
      }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  await register(name, addressOf(server));
  return server;
}

const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

const register = (name: string, address: string, id = address): Promise<void> =>
  registry.register({
    name,
    version: "latest",
    metadata: {},
    endpoints: [],
    nodes: [{ id: `${name}-${id}`, address, metadata: {} }],
  });

async function startProxy(options: Partial<WebProxyOptions> = {}): Promise<void> {
  proxy = createWebProxy({ registry, ...options });
  await proxy.listen("127.0.0.1:0");
}

/** Sends the path byte for byte: fetch would normalise it. */
function get(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
  body?: string,
): Promise<Answer> {
  const [host, port] = (proxy.address as string).split(":");
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, method, headers, agent: false }, async (response) => {
      try {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject);
    request.end(body);
  });
}

beforeEach(() => {
  registry = createMemoryRegistry();
});

afterEach(async () => {
  await proxy.close({ graceMs: 100 });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await registry.close();
});

describe("micro web sends a request to the web service its first segment names", () => {
  test("the service sees the path without the segment, and where it is mounted", async () => {
    const server = await startService("go.micro.web.greeter");
    await startProxy();
    const { status, body } = await get("/greeter/say/hello?name=Ada&x=%2F", { "x-custom": "1" });
    const seen = JSON.parse(body);
    expect(status).toBe(200);
    expect(seen.url).toBe("/say/hello?name=Ada&x=%2F");
    expect(seen.headers).toMatchObject({
      host: addressOf(server),
      "x-micro-web-base-path": "/greeter",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": proxy.address,
      "x-forwarded-proto": "http",
      "x-custom": "1",
    });
  });

  test("bodies flow both ways", async () => {
    await startService("go.micro.web.greeter");
    await startProxy();
    const { body } = await get("/greeter/", { "content-type": "text/plain" }, "POST", "John".repeat(50_000));
    expect(JSON.parse(body)).toMatchObject({ method: "POST", body: "John".repeat(50_000) });
  });

  test("without the slash behind the service the browser is sent there, or relative links would break", async () => {
    await startService("go.micro.web.greeter");
    await startProxy();
    expect(await get("/greeter?a=b")).toMatchObject({ status: 308, headers: { location: "/greeter/?a=b" } });
  });

  test("a redirect to the service's own address stays behind the proxy", async () => {
    const server: Server = await startService("go.micro.web.greeter", (_request, response) => {
      response.writeHead(302, {
        location: `http://${addressOf(server)}/done`,
        connection: "close, x-hop",
        "x-hop": "1",
      });
      response.end();
    });
    await startProxy();
    const { headers } = await get("/greeter/");
    expect(headers.location).toBe("/greeter/done");
    expect(headers["x-hop"]).toBeUndefined();
  });

  test("what a client says of itself to gain trust is dropped", async () => {
    await startService("go.micro.web.greeter");
    await startProxy();
    const { body } = await get("/greeter/", {
      "x-forwarded-for": "10.0.0.1",
      "x-micro-web-base-path": "/evil",
      "micro-from-service": "go.micro.srv.admin",
      connection: "close, x-secret",
      "x-secret": "1",
    });
    const { headers } = JSON.parse(body);
    expect(headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-micro-web-base-path": "/greeter" });
    expect(headers).not.toHaveProperty("micro-from-service");
    expect(headers).not.toHaveProperty("x-secret");
  });

  test("behind a proxy that is trusted its word is kept, and the next hop appended", async () => {
    await startService("go.micro.web.greeter");
    await startProxy({ trustForwarded: true });
    const { body } = await get("/greeter/", { "x-forwarded-for": "10.0.0.1", "x-forwarded-proto": "https" });
    expect(JSON.parse(body).headers).toMatchObject({
      "x-forwarded-for": "10.0.0.1, 127.0.0.1",
      "x-forwarded-proto": "https",
    });
  });

  test("a node that is gone is left for another", async () => {
    await startService("go.micro.web.greeter");
    await register("go.micro.web.greeter", "127.0.0.1:1", "gone");
    await startProxy();
    const answers = await Promise.all(Array.from({ length: 6 }, () => get("/greeter/", {}, "POST", "x")));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test("when every node is gone the answer is 502 and names the service", async () => {
    await register("go.micro.web.greeter", "127.0.0.1:1");
    await startProxy();
    const { status, body, headers } = await get("/greeter/");
    expect(status).toBe(502);
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body)).toMatchObject({
      id: "go.micro.web",
      code: 502,
      detail: expect.stringContaining("go.micro.web.greeter"),
    });
  });

  test("every node taken is told of exactly once, whatever happened to it", async () => {
    const reports: string[] = [];
    let taken = 0;
    const inner = createSelector({ registry });
    const selector: Selector = {
      ...inner,
      next: async (...args) => {
        const selection = await inner.next(...args);
        taken++;
        return selection;
      },
      report: (node, outcome) => {
        reports.push(`${node.id.replace(/-127.*/, "")} ${outcome}`);
        inner.report(node, outcome);
      },
    };
    await startService("go.micro.web.ok");
    await startService("go.micro.web.broken", (_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half");
      setImmediate(() => response.destroy());
    });
    await register("go.micro.web.gone", "127.0.0.1:1");
    const arrived = new EventEmitter();
    await startService("go.micro.web.slow", () => arrived.emit("request"));
    await startProxy({ selector });

    await get("/ok/");
    await expect(get("/broken/")).rejects.toThrow();
    await get("/gone/");
    const [host, port] = (proxy.address as string).split(":");
    const leaving = httpRequest({ host, port, path: "/slow/" });
    leaving.on("error", () => {});
    const there = once(arrived, "request");
    leaving.end();
    await there;
    leaving.destroy();
    await expect.poll(() => reports.length).toBe(taken);
    expect(reports).toEqual([
      "go.micro.web.ok success",
      "go.micro.web.broken failure",
      "go.micro.web.gone failure",
      "go.micro.web.gone failure", // asked for another node, handed the same
      "go.micro.web.slow success",
    ]);
    await inner.close();
  });

  test("a silent service costs a bounded time", async () => {
    await startService("go.micro.web.slow", () => {});
    await startProxy({ idleTimeoutMs: 50 });
    expect((await get("/slow/")).status).toBe(504);
  });

  test("an unknown service is a 404 with the full name and what was meant", async () => {
    await startService("go.micro.web.greeter");
    await startProxy();
    const { status, body } = await get("/greter/");
    expect(status).toBe(404);
    expect(JSON.parse(body).detail).toBe(
      "service go.micro.web.greter not found in namespace go.micro.web of registry memory. Did you mean go.micro.web.greeter?",
    );
  });

  test("a browser gets a page instead of JSON", async () => {
    await startProxy();
    const { status, headers, body } = await get("/nope/", { accept: "text/html" });
    expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    expect(body).toContain("service go.micro.web.nope not found");
  });
});

describe("micro web lists web services at /", () => {
  test("each with its link, nodes and version", async () => {
    await startService("go.micro.web.greeter");
    await startService("go.micro.web.shop");
    await startService("go.micro.srv.greeter");
    await startProxy();
    const { body, headers } = await get("/", { accept: "text/html" });
    expect(body).toContain('href="/greeter/"');
    expect(body).toContain('href="/shop/"');
    expect(body).not.toContain("go.micro.srv");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect((await get("/_micro/style.css")).headers["content-type"]).toBe("text/css; charset=utf-8");
  });

  test("as JSON for a program", async () => {
    await startService("go.micro.web.greeter");
    await startProxy();
    const expected = [{ alias: "greeter", name: "go.micro.web.greeter", versions: ["latest"], nodes: 1 }];
    expect(JSON.parse((await get("/")).body)).toEqual({ services: expected });
  });

  test("markup in a record stays text", async () => {
    await registry.register({
      name: "go.micro.web.greeter",
      version: "<img src=x onerror=alert(1)>",
      metadata: {},
      endpoints: [],
      nodes: [{ id: "a", address: "127.0.0.1:1", metadata: {} }],
    });
    await startProxy();
    const { body } = await get("/", { accept: "text/html" });
    expect(body).not.toContain("<img");
    expect(body).toContain("&lt;img");
  });

  test("without a service it says how to get one", async () => {
    await startProxy();
    expect((await get("/", { accept: "text/html" })).body).toContain("No web service is running");
  });
});

describe("micro web passes WebSockets through", () => {
  async function startEcho(): Promise<void> {
    const server = await startService("go.micro.web.stream");
    const sockets = new WebSocketServer({ server, path: "/echo" });
    sockets.on("connection", (socket) =>
      socket.on("message", (data, binary) => socket.send(data, { binary })),
    );
  }
  const open = (path: string, origin?: string) =>
    new WebSocket(`ws://${proxy.address}${path}`, origin === undefined ? {} : { origin });

  test("frames are echoed both ways, text and binary", async () => {
    await startEcho();
    await startProxy();
    const socket = open("/stream/echo");
    await once(socket, "open");
    const replies: string[] = [];
    socket.on("message", (data, binary) => replies.push(`${binary}:${data}`));
    socket.send("hello");
    socket.send(Buffer.from("bytes"));
    while (replies.length < 2) await once(socket, "message");
    expect(replies).toEqual(["false:hello", "true:bytes"]);
    socket.close();
    await once(socket, "close");
  });

  test("when a service breaks off while it declines then the client hears the end", async () => {
    const server = await startService("go.micro.web.stream");
    server.on("upgrade", (_request, socket: Socket) => {
      socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\npart", () =>
        socket.resetAndDestroy(),
      );
    });
    await startProxy();
    const socket = open("/stream/echo");
    socket.on("error", () => {});
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    await expect(once(response.resume(), "end")).rejects.toThrow("aborted");
  });

  test("closing the proxy ends them", async () => {
    await startEcho();
    await startProxy();
    const socket = open("/stream/echo");
    await once(socket, "open");
    const closed = once(socket, "close");
    await proxy.close();
    await closed;
    expect(socket.readyState).toBe(WebSocket.CLOSED);
  });

  test.each([
    ["/nope/echo", undefined, 404],
    ["/", undefined, 404],
    ["/stream/echo", "http://evil.test", 403],
    ["/stream/other", undefined, 400],
  ])("%s from origin %s is refused with %i", async (path, origin, status) => {
    await startEcho();
    await startProxy();
    const socket = open(path, origin);
    socket.on("error", () => {});
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(status);
    socket.terminate();
  });
});

describe("hostile requests do not get through", () => {
  test.each([
    ["/greeter/../admin/", 400],
    ["/greeter/%2e%2e/admin", 400],
    ["/greeter/..%2fadmin", 400],
    ["/greeter/a%00", 400],
    ["/greeter/a%5c..%5cb", 400],
    ["//evil.test/x", 404],
    ["/169.254.169.254/latest", 404],
    ["/[::1]/x", 404],
    ["/127.0.0.1:1/x", 404],
    ["/greeter@evil.test/x", 404],
    ["/greeter%2f..%2fx/", 404],
    ["/gr%D0%B5eter/", 404],
    [`/${"a".repeat(64)}/`, 404],
    ["http://evil.test/greeter/", 400],
  ])("%s is refused with %i", async (path, status) => {
    let reached = 0;
    await startService("go.micro.web.greeter", (_request, response) => {
      reached++;
      response.end();
    });
    await startProxy();
    expect((await get(path)).status).toBe(status);
    expect(reached).toBe(0);
  });

  test.each([
    "169.254.169.254:80",
    "0.0.0.0:80",
    "127.0.0.1:0",
    "[::ffff:169.254.169.254]:80",
    "[fe80::1]:80",
  ])("a poisoned registry that says %s sends nobody there", async (address) => {
    await register("go.micro.web.greeter", address);
    await startProxy();
    expect((await get("/greeter/")).status).toBe(404);
  });

  test("a foreign Host is refused on loopback, unless it is allowed", async () => {
    await startProxy({ allowedHosts: ["dev.test"] });
    expect((await get("/", { host: "evil.test" })).status).toBe(421);
    expect((await get("/", { host: "dev.test:8082" })).status).toBe(200);
  });

  test("a name of 10 kB is refused before anybody looks it up", async () => {
    await startProxy();
    expect((await get(`/${"a".repeat(10_000)}/`)).status).toBe(414);
  });

  test("a loop ends", async () => {
    await startProxy();
    // The service behind the proxy is the proxy.
    await register("go.micro.web.loop", proxy.address as string);
    expect((await get("/loop/loop/loop/loop/loop/loop/loop/loop/loop/loop/")).status).toBe(508);
  });

  test("a header flood is refused", async () => {
    await startProxy();
    const headers = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x-${index}`, "1"]));
    expect((await get("/", headers)).status).toBe(431);
  });
});
