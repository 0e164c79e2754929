import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { silentLogger } from "../../../src/runtime/service/index.ts";
import {
  createWebServer,
  type WebServer,
  type WebServerOptions,
} from "../../../src/runtime/service/web-server.ts";
import { createGate } from "../../contract/broker.ts";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(options: Partial<WebServerOptions>): Promise<WebServer & { url: string }> {
  const server = createWebServer({
    address: "127.0.0.1:0",
    handler: () => undefined,
    staticDir: undefined,
    onUpgrade: undefined,
    requestArrivalTimeoutMs: undefined,
    logger: silentLogger,
    ...options,
  });
  await server.start();
  cleanUps.push(() => server.stop(0));
  return server as WebServer & { url: string };
}

/** Sends a path as it is; fetch would tidy it up. */
const rawStatus = (url: string, path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    httpRequest(url, { path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe("the handler", () => {
  test("when a request comes then the handler answers", async () => {
    const { url } = await serve({
      handler: () => (request, response) => response.end(`you asked ${request.url}`),
    });
    expect(await (await fetch(`${url}/x?y=1`)).text()).toBe("you asked /x?y=1");
  });

  test("when there is none then everything is 404", async () => {
    const { url } = await serve({});
    expect((await fetch(url)).status).toBe(404);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("secret");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("secret");
      },
    ],
  ])("when it %s then the browser gets a bland 500 and the log the reason", async (_title, handler) => {
    const lines: string[] = [];
    const logger = { ...silentLogger, error: (line: string) => void lines.push(line) };
    const { url } = await serve({ handler: () => handler, logger });
    const response = await fetch(`${url}/page?token=1`);
    expect([response.status, await response.text()]).toEqual([500, "internal server error\n"]);
    expect(lines).toEqual([expect.stringMatching(/^GET \/page: Error: secret/)]);
  });
});

describe("its life", () => {
  test("when the port is taken then the start names it", async () => {
    const first = await serve({});
    const address = first.url.replace("http://", "");
    await expect(serve({ address })).rejects.toThrow(`cannot listen on ${address}: the address is in use`);
  });

  test("when it stops then a running request is finished and a new one refused", async () => {
    const [arrived, release] = [createGate(), createGate()];
    const server = await serve({
      handler: () => async (_request, response) => {
        arrived.open();
        await release.opened;
        response.end("done");
      },
    });
    const { url } = server;
    const running = fetch(url);
    await arrived.opened;
    const stopped = server.stop(10_000);
    await expect(fetch(url)).rejects.toThrow();
    release.open();
    expect(await (await running).text()).toBe("done");
    await stopped;
    expect(server.url).toBeUndefined();
  });

  test("when a request does not end within the grace then it is cut", async () => {
    const arrived = createGate();
    const server = await serve({ handler: () => () => arrived.open() });
    const running = expect(fetch(server.url)).rejects.toThrow();
    await arrived.opened;
    await server.stop(1);
    await running;
  });
});

describe("upgrades", () => {
  const upgrade = (url: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
        socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      });
      socket.once("data", (data) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.on("error", reject);
    });

  test("when nobody takes them then they are refused", async () => {
    expect(await upgrade((await serve({})).url)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("when the peer breaks off while it is refused then the server lives", async () => {
    const { url } = await serve({});
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () => {
          socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", () => {
            setImmediate(() => socket.resetAndDestroy());
          });
        });
        socket.on("error", () => {}).on("close", () => resolve());
      });
    }
    expect((await fetch(url)).status).toBe(404);
  });

  test("when the peer never ends its half then the refused connection is closed all the same", async () => {
    const { url } = await serve({});
    const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    socket.resume();
    await once(socket, "end");
    // Only a closed socket answers with a reset.
    const gone = once(socket, "error");
    const writing = setInterval(() => socket.write("x"), 5);
    await gone;
    clearInterval(writing);
  });

  test("when who takes them fails, now or later, then only that connection ends", async () => {
    const { url } = await serve({
      onUpgrade: async () => {
        throw new Error("not today");
      },
    });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    await once(socket.resume(), "close");
    expect((await fetch(url)).status).toBe(404);
  });

  test("when somebody takes them then it has the socket", async () => {
    const { url } = await serve({
      onUpgrade: (_request, socket) => void socket.end("HTTP/1.1 101 Mine\r\n\r\n"),
    });
    expect(await upgrade(url)).toMatch(/^HTTP\/1\.1 101 Mine/);
  });
});

describe("static files", () => {
  async function folder() {
    const root = await mkdtemp(join(tmpdir(), "static-"));
    cleanUps.push(() => rm(root, { recursive: true }));
    await mkdir(join(root, "public/css"), { recursive: true });
    await writeFile(join(root, "secret.txt"), "secret");
    await writeFile(join(root, "public/index.html"), "<h1>Hi</h1>");
    await writeFile(join(root, "public/empty.txt"), "");
    await writeFile(join(root, "public/css/site.css"), "h1 {}");
    await writeFile(join(root, "public/.env"), "secret");
    await writeFile(join(root, "public/a b.txt"), "blank");
    await symlink(join(root, "secret.txt"), join(root, "public/link.txt"));
    return join(root, "public");
  }

  test.each([
    ["/", 200, "text/html; charset=utf-8", "<h1>Hi</h1>"],
    ["/css/site.css?v=1", 200, "text/css; charset=utf-8", "h1 {}"],
    ["/a%20b.txt", 200, "text/plain; charset=utf-8", "blank"],
    ["/empty.txt", 200, "text/plain; charset=utf-8", ""],
  ])("GET %s is the file", async (path, status, type, text) => {
    const { url } = await serve({ staticDir: await folder() });
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      status,
      type,
      text,
    ]);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test.each([
    ["/../secret.txt"],
    ["/css/../../secret.txt"],
    ["/%2e%2e/secret.txt"],
    ["/..%2fsecret.txt"],
    ["/css/..%5c..%5csecret.txt"],
    ["/.env"],
    ["/link.txt"],
    ["/css"],
    ["/css/"],
    ["/nope.txt"],
    ["/%zz"],
    ["/%00"],
    ["//etc/passwd"],
  ])("GET %s is not", async (path) => {
    const { url } = await serve({ staticDir: await folder() });
    expect(await rawStatus(url, path)).toBe(404);
  });

  test("when there is no such file then the handler is asked", async () => {
    const { url } = await serve({
      staticDir: await folder(),
      handler: () => (_, response) => response.end("app"),
    });
    expect(await (await fetch(`${url}/nope`)).text()).toBe("app");
    expect(await (await fetch(url, { method: "POST" })).text()).toBe("app");
    expect(await (await fetch(url)).text()).toBe("<h1>Hi</h1>");
  });

  test("when the browser has the file then it gets 304", async () => {
    const { url } = await serve({ staticDir: await folder() });
    const etag = (await fetch(url)).headers.get("etag") ?? "";
    const again = await fetch(url, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("HEAD has the headers without the body", async () => {
    const { url } = await serve({ staticDir: await folder() });
    const response = await fetch(url, { method: "HEAD" });
    expect([response.headers.get("content-length"), await response.text()]).toEqual(["11", ""]);
  });
});
