import { afterEach, describe, expect, test } from "vitest";
import { createServer, type Server, type ServerOptions } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;

async function start(cors?: ServerOptions["cors"]): Promise<void> {
  server = createServer({ name: "s", address: "127.0.0.1:0", transport: createTcpTransport(), cors });
  server.handle(Greeter, new GreeterHandler());
  await server.start();
}

afterEach(() => server.stop({ graceMs: 0 }));

const SHOP = "https://shop.example";
const ask = (headers: Record<string, string>, method = "OPTIONS") =>
  fetch(`http://${server.address}/greeter.Greeter/Hello`, {
    method,
    headers,
    ...(method === "POST" ? { body: '{"name":"Ada"}' } : {}),
  });
const PREFLIGHT = {
  origin: SHOP,
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type,connect-protocol-version",
};
const CALL = { origin: SHOP, "content-type": "application/json", echo: "ping" };

describe("without the option", () => {
  test("when a page of another origin asks then nothing allows it", async () => {
    await start();
    const answers = [await ask(PREFLIGHT), await ask(CALL, "POST")];
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    expect(answers[0]?.status).toBe(405);
  });
});

describe("with the option", () => {
  test("when the origin is ours then a browser may send what it asked to send", async () => {
    await start({ origins: [SHOP] });
    const { headers, status } = await ask(PREFLIGHT);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(headers.get("access-control-allow-headers")).toBe(PREFLIGHT["access-control-request-headers"]);
    expect(headers.get("access-control-max-age")).toBe("7200");
    expect(headers.get("vary")).toContain("origin");
  });

  test("when the call comes then its page may read all headers of the answer", async () => {
    await start({ origins: [SHOP], credentials: true });
    const response = await ask(CALL, "POST");
    expect(await response.json()).toEqual({ name: "Hello Ada" });
    expect(response.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("access-control-expose-headers")).toContain("trailer-echo-trailer");
  });

  test("when a caller names no origin then caches learn all the same that answers differ by it", async () => {
    await start({ origins: [SHOP] });
    const { origin: _, ...plain } = CALL;
    const { headers } = await ask(plain, "POST");
    expect(headers.get("vary")).toContain("origin");
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test.each(["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"])(
    "when the origin is %s then nothing allows it",
    async (origin) => {
      await start({ origins: [SHOP] });
      for (const { headers } of [
        await ask({ ...PREFLIGHT, origin }),
        await ask({ ...CALL, origin }, "POST"),
      ]) {
        expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
        expect(headers.get("vary")).toContain("origin");
      }
    },
  );

  test("when any origin is allowed then the answer says so without names", async () => {
    await start({ origins: ["*"] });
    expect((await ask(CALL, "POST")).headers.get("access-control-allow-origin")).toBe("*");
  });

  test.each([
    ["https://shop.example/", /did you mean https:\/\/shop\.example\?/],
    ["shop.example", /is no origin/],
  ])("when an origin is written as %s then the start says what is wrong", async (origin, message) => {
    await expect(start({ origins: [origin] })).rejects.toThrow(message);
  });

  test("when credentials shall go to any origin then the start refuses", async () => {
    await expect(start({ origins: ["*"], credentials: true })).rejects.toThrow(/by name/);
  });
});
