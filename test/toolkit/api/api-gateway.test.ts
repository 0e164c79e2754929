import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ApiGateway, type ApiGatewayOptions, createApiGateway } from "../../../src/toolkit/index.ts";
import { OrderType, Town } from "./shop.ts";

let town: Town;
let gateway: ApiGateway;

const JSON_TYPE = { "content-type": "application/json" };

async function start(options: Partial<ApiGatewayOptions> = {}): Promise<void> {
  gateway = createApiGateway({ client: town.client, registry: town.registry, ...options });
  await gateway.listen("127.0.0.1:0");
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly bytes: Buffer;
}

/** Sends the path byte for byte: fetch would normalise it. */
function ask(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
) {
  const [host, port] = (gateway.address as string).split(":");
  return new Promise<Answer>((resolve, reject) => {
    const options = {
      host,
      port,
      path,
      method: init.method ?? "GET",
      headers: init.headers ?? {},
      agent: false,
    };
    const request = httpRequest(options, async (response) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of response) chunks.push(chunk as Buffer);
      } catch {
        // Cut off on purpose in some tests: what came counts.
      }
      const bytes = Buffer.concat(chunks);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), bytes });
    });
    request.on("error", reject);
    request.end(init.body);
  });
}

const post = (path: string, body: string, headers: Record<string, string> = JSON_TYPE) =>
  ask(path, { method: "POST", headers, body });

beforeEach(() => {
  town = new Town();
});

afterEach(async () => {
  await gateway.close({ graceMs: 50 });
  await town.close();
});

describe("a request becomes a call by its path", () => {
  test("POST with JSON", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/place", '{"name":"Ada","count":3}');
    expect(answer).toMatchObject({ status: 200, text: '{"name":"Ada","count":3}' });
    expect(answer.headers["content-type"]).toBe("application/json");
  });

  test("GET with a query, its values typed by the endpoint's record", async () => {
    await town.shop();
    await start();
    expect((await ask("/shop/place?name=123&count=3")).text).toBe('{"name":"123","count":3}');
  });

  test("POST with a form", async () => {
    await town.shop();
    await start();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await post("/shop/place", "name=123&count=3", form)).text).toBe('{"name":"123","count":3}');
  });

  test("when curl -d sends JSON as a form then the answer tells the header that is missing", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/place", '{"name":"Ada"}', {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).detail).toContain("add -H 'content-type: application/json'");
  });

  test("POST with protobuf is answered with protobuf", async () => {
    await town.shop();
    await start();
    const body = OrderType.encode({ name: "Ada", count: 3 });
    const headers = { "content-type": "application/protobuf" };
    const answer = await ask("/shop/place", { method: "POST", headers, body });
    expect(answer.headers["content-type"]).toBe("application/protobuf");
    expect(OrderType.decode(answer.bytes)).toEqual({ name: "Ada", count: 3, note: "" });
  });

  test("an empty reply is an empty object", async () => {
    await town.shop();
    await start();
    expect((await post("/shop/empty", "{}")).text).toBe("{}");
    expect((await ask("/shop/empty", { method: "POST" })).text).toBe("{}");
  });

  test("HEAD is GET without the body", async () => {
    await town.shop();
    await start();
    expect(await ask("/shop/place?name=x", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  test("another namespace serves other services", async () => {
    await town.shop("com.example.api.shop");
    await start({ namespace: "com.example.api" });
    expect((await post("/shop/place", '{"name":"Ada"}')).status).toBe(200);
    await gateway.close();
    await start();
    expect((await post("/shop/place", '{"name":"Ada"}')).status).toBe(404);
  });

  test("of 40 calls over two nodes each answers some", async () => {
    const handlers = [await town.shop(), await town.shop()];
    await start();
    await Promise.all(Array.from({ length: 40 }, () => post("/shop/place", "{}")));
    expect(handlers.map((handler) => handler.context !== undefined)).toEqual([true, true]);
  });
});

describe("endpoints that carry google.api.http answer at their own path", () => {
  test("path fields and body are one request", async () => {
    await town.shop();
    await start();
    const answer = await ask("/v1/orders/77", {
      method: "PUT",
      headers: JSON_TYPE,
      body: '{"note":"n","name":"loses"}',
    });
    expect(answer.text).toBe('{"name":"77","note":"n"}');
  });

  test("path fields and query are one request", async () => {
    await town.shop();
    await start();
    expect((await ask("/v1/orders/77?count=2")).text).toBe('{"name":"77","count":2}');
  });

  test("another method there is 405 and says which are answered", async () => {
    await town.shop();
    await start();
    const answer = await ask("/v1/orders/77", { method: "DELETE" });
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, PUT"]);
  });

  test("a service that comes later is found without a restart", async () => {
    await start();
    expect((await ask("/v1/orders/77")).status).toBe(404);
    await town.shop();
    await expect.poll(async () => (await ask("/v1/orders/77")).status).toBe(200);
  });
});

describe("errors are Micro's error JSON", () => {
  test("a service's own error keeps id, code and detail", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/refuse", '{"name":"tea"}');
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.text).toBe(
      '{"id":"go.micro.api.shop","code":400,"detail":"no tea – sold out","status":"Bad Request"}',
    );
  });

  test("an exception in a handler tells nothing of itself", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/crash", "{}");
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("1234");
  });

  test("an unknown service is named in full, with its namespace, registry and near matches", async () => {
    await town.shop();
    await start();
    const answer = await ask("/shpo/x");
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      id: "go.micro.api",
      code: 404,
      detail:
        "service go.micro.api.shpo not found in namespace go.micro.api of registry memory. Did you mean go.micro.api.shop?",
      status: "Not Found",
    });
  });

  test("an unknown endpoint is named, with near matches", async () => {
    await town.shop();
    await start();
    const answer = await ask("/shop/plaice");
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text).detail).toBe(
      "service go.micro.api.shop has no endpoint Shop.Plaice; did you mean Shop.Place?",
    );
  });

  test.each([
    ['{"name":7}', "wrong type"],
    ["{", ""],
    ["[]", "not an object"],
  ])("%s does not fit the message: 400", async (body) => {
    await town.shop();
    await start();
    expect((await post("/shop/place", body)).status).toBe(400);
  });

  test("a content type nobody reads is 415", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/place", "<a/>", { "content-type": "application/xml" });
    expect(answer.status).toBe(415);
    expect(JSON.parse(answer.text).detail).toContain("application/json");
  });

  test("a compressed body is 415", async () => {
    await town.shop();
    await start();
    expect((await post("/shop/place", "{}", { ...JSON_TYPE, "content-encoding": "gzip" })).status).toBe(415);
  });

  test.each([
    ["announced", { ...JSON_TYPE, "content-length": "101" }],
    ["chunked", { ...JSON_TYPE, "transfer-encoding": "chunked" }],
  ])("a body larger than allowed is 413: %s", async (_how, headers) => {
    await town.shop();
    await start({ maxBodyBytes: 100 });
    const answer = await post("/shop/place", `{"name":"${"x".repeat(90)}"}`, headers);
    expect(answer.status).toBe(413);
  });

  test("a service that does not answer in time is 504", async () => {
    await town.shop();
    await start({ timeoutMs: 50 });
    const answer = await post("/shop/hang", "{}");
    expect(JSON.parse(answer.text)).toMatchObject({ code: 504, status: "Gateway Timeout" });
  });

  test("TRACE is 405", async () => {
    await start();
    expect((await ask("/shop/place", { method: "TRACE" })).status).toBe(405);
  });

  test("handler rpc answers GET and POST alone", async () => {
    await town.shop();
    await start({ handler: "rpc" });
    const answer = await ask("/shop/place", { method: "PUT", headers: JSON_TYPE, body: "{}" });
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, POST, OPTIONS"]);
  });
});

describe("a call that fails on the way", () => {
  test("is made again when the schema says that it does no harm", async () => {
    const handler = await town.shop();
    await start();
    const answer = await post("/shop/look", '{"name":"Ada"}');
    expect([answer.status, handler.looks]).toEqual([200, 2]);
  });
});

describe("a call ends with its request", () => {
  test("when the client goes away the handler is cancelled", async () => {
    const handler = await town.shop();
    await start({ timeoutMs: 60_000 });
    const [host, port] = (gateway.address as string).split(":");
    const request = httpRequest({ host, port, path: "/shop/hang", method: "POST", headers: JSON_TYPE });
    request.on("error", () => {});
    request.end("{}");
    await handler.hanging;
    request.destroy();
    expect(await handler.hangEnded).toMatchObject({ code: 499 });
  });
});

describe("a streaming endpoint answers with lines of JSON", () => {
  test("one per message", async () => {
    await town.shop();
    await start();
    const answer = await post("/shop/count", '{"name":"x","count":3}');
    expect(answer.headers["content-type"]).toBe("application/x-ndjson");
    expect(answer.text).toBe('{"name":"x","count":1}\n{"name":"x","count":2}\n{"name":"x","count":3}\n');
  });

  test("an error behind the first line is the last line", async () => {
    await town.shop();
    await start();
    const lines = (await post("/shop/count", '{"count":1,"note":"fail"}')).text.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ error: { code: 400, detail: "no more" } });
  });

  test("a client that leaves ends the handler", async () => {
    const handler = await town.shop();
    await start();
    const [host, port] = (gateway.address as string).split(":");
    const request = httpRequest({ host, port, path: "/shop/count", method: "POST", headers: JSON_TYPE });
    request.on("error", () => {});
    request.end('{"count":1000000000}');
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.on("error", () => {});
    await once(response, "readable");
    request.destroy();
    await handler.counted;
  });

  test("an error before it is an ordinary error", async () => {
    await town.shop();
    await start();
    expect((await post("/shop/count", '{"count":0,"note":"fail"}')).status).toBe(400);
  });
});

describe("what a client sends about itself", () => {
  test("headers become metadata, without those that carry trust or belong to the connection", async () => {
    const handler = await town.shop();
    await start();
    await post("/shop/place", "{}", {
      ...JSON_TYPE,
      authorization: "Bearer t",
      "x-request-id": "7",
      "micro-from-service": "go.micro.srv.admin",
      "x-micro-user": "root",
      "x-forwarded-for": "10.0.0.1",
      "grpc-timeout": "1S",
      timeout: "1",
      connection: "close, x-drop",
      "x-drop": "1",
    });
    const metadata = handler.context?.metadata.toJSON() ?? {};
    expect(metadata).toMatchObject({
      authorization: "Bearer t",
      "x-request-id": "7",
      "x-forwarded-for": "127.0.0.1",
    });
    for (const name of [
      "x-micro-user",
      "x-drop",
      "grpc-timeout",
      "timeout",
      "connection",
      "content-length",
    ]) {
      expect(metadata).not.toHaveProperty(name);
    }
    expect(metadata["micro-from-service"]).not.toBe("go.micro.srv.admin");
  });

  test("a header that metadata cannot carry is left out, the call goes through", async () => {
    await town.shop();
    await start();
    const headers = { ...JSON_TYPE, "x-name": "Jos\u00e9", "x!odd": "1" };
    expect((await post("/shop/place", "{}", headers)).status).toBe(200);
  });
});

describe("hostile requests do not get through", () => {
  test.each([
    ["/..", 400],
    ["/shop/../../place", 400],
    ["/shop/%2e%2e/place", 400],
    ["/shop%2fplace", 400],
    ["/shop/place%00", 400],
    ["/shop\\place", 400],
    ["/shop;x=1/place", 400],
    ["http://169.254.169.254/latest", 400],
    ["http://user@evil.test/", 400],
    ["/169.254.169.254/meta", 404],
    ["/[::1]/x", 404],
    ["/2852039166/x", 404],
    ["/0x7f000001/x", 404],
    ["/shop@evil.test/x", 404],
    ["/sh%D0%BEp/place", 404],
    ["/shop/__proto__", 404],
    ["/shop/constructor", 404],
    ["/shop/place/", 200],
    ["//shop//place", 200],
    ["/x/../shop/./place", 200],
  ])("%s is answered with %i", async (path, status) => {
    await town.shop();
    await start();
    expect((await ask(path)).status).toBe(status);
  });

  test("a name of 10 kB is 414", async () => {
    await start();
    expect((await ask(`/${"a".repeat(10_000)}/x`)).status).toBe(414);
  });

  test("a name of 100 letters is 404 and costs no lookup", async () => {
    await start();
    const answer = await ask(`/${"a".repeat(100)}/x`);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain("aaaa");
  });

  test("two Host headers are refused", async () => {
    await start();
    const [host, port] = (gateway.address as string).split(":");
    const { connect } = await import("node:net");
    const socket = connect(Number(port), host);
    await once(socket, "connect");
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\nConnection: close\r\n\r\n");
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 400/);
    socket.destroy();
  });

  test("a foreign Host is refused on loopback", async () => {
    await start();
    expect((await ask("/", { headers: { host: "evil.test" } })).status).toBe(421);
    expect((await ask("/", { headers: { host: "localhost:8080" } })).status).toBe(200);
  });

  test("a poisoned registry record is never called", async () => {
    await town.registry.register({
      name: "go.micro.api.evil",
      version: "latest",
      metadata: {},
      endpoints: [],
      nodes: [{ id: "a", address: "169.254.169.254:80", metadata: { protocol: "grpc" } }],
    });
    await start();
    expect((await ask("/evil/x")).status).toBe(404);
  });

  test("a body too deep to be joined with a query is 400", async () => {
    await town.shop();
    await start();
    const body = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect((await post("/shop/place?x=1", body)).status).toBe(400);
  });

  test("a query cannot pollute prototypes", async () => {
    await town.shop();
    await start();
    await ask("/shop/place?__proto__[polluted]=1");
    await post("/shop/place", '{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("browsers", () => {
  const origin = "http://app.test";

  test("a page of another origin is refused unless it is allowed", async () => {
    await town.shop();
    await start();
    expect((await post("/shop/place", "{}", { ...JSON_TYPE, origin })).status).toBe(403);
    const own = `http://${gateway.address}`;
    expect((await post("/shop/place", "{}", { ...JSON_TYPE, origin: own })).status).toBe(200);
  });

  test("an allowed origin gets CORS headers with credentials, and its preflight answered", async () => {
    await town.shop();
    await start({ corsOrigins: [origin] });
    const headers = { origin, "access-control-request-method": "POST" };
    const preflight = await ask("/shop/place", { method: "OPTIONS", headers });
    expect(preflight).toMatchObject({ status: 204, headers: { "access-control-allow-origin": origin } });
    const answer = await post("/shop/place", "{}", { ...JSON_TYPE, origin });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      vary: "Origin",
    });
    expect((await post("/shop/place", "{}", { ...JSON_TYPE, origin: "http://evil.test" })).status).toBe(403);
  });

  test("any origin never means credentials", async () => {
    await town.shop();
    await start({ corsOrigins: ["*"] });
    const { headers } = await post("/shop/place", "{}", { ...JSON_TYPE, origin });
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test("errors carry CORS headers too, or the page could not read them", async () => {
    await start({ corsOrigins: [origin] });
    const { status, headers } = await ask("/nope/x", { headers: { origin } });
    expect([status, headers["access-control-allow-origin"]]).toEqual([404, origin]);
  });
});

describe("places of the gateway's own", () => {
  test("/ tells the version, /favicon.ico nothing, OPTIONS what is allowed", async () => {
    await start({ version: "1.2.3" });
    expect((await ask("/")).text).toBe('{"version":"1.2.3"}');
    expect(await ask("/favicon.ico")).toMatchObject({ status: 200, text: "" });
    expect((await ask("/shop/place", { method: "OPTIONS" })).headers.allow).toContain("POST");
  });

  test("each request is one line of Apache's combined format, whatever is in it", async () => {
    const lines: string[] = [];
    await start({ accessLog: (line) => lines.push(line) });
    await ask('/nope/"x?a=1', { headers: { "user-agent": 'evil"\tagent' } });
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toMatch(
      /^127\.0\.0\.1 - - \[\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000\] "GET \/nope\/\\"x\?a=1 HTTP\/1\.1" 404 \d+ "-" "evil\\"\\x09agent"$/,
    );
  });
});

describe("/rpc", () => {
  test("is not there unless enabled", async () => {
    await start();
    expect((await post("/rpc", "{}")).status).toBe(404);
  });

  test("calls any service by its full name, as JSON or form", async () => {
    await town.shop("go.micro.srv.shop");
    await start({ enableRpc: true });
    const request = { service: "go.micro.srv.shop", endpoint: "Shop.Place", request: { name: "Ada" } };
    expect((await post("/rpc", JSON.stringify(request))).text).toBe('{"name":"Ada"}');
    const old = { service: "go.micro.srv.shop", method: "Shop.Place", request: '{"name":"Bob"}' };
    expect((await post("/rpc", JSON.stringify(old))).text).toBe('{"name":"Bob"}');
    const form = new URLSearchParams(old).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    expect((await post("/rpc", form, type)).text).toBe('{"name":"Bob"}');
  });

  test.each([
    [{}, 400, "invalid service"],
    [{ service: "go.micro.srv.shop" }, 400, "invalid endpoint"],
    [{ service: "go.micro.srv.shop", endpoint: "x" }, 400, "invalid endpoint"],
    [{ service: "http://evil", endpoint: "A.B" }, 400, "invalid service"],
    [{ service: "go.micro.srv.nope", endpoint: "A.B" }, 404, "service go.micro.srv.nope not found"],
    [
      { service: "go.micro.srv.shop", endpoint: "Shop.Place", address: "169.254.169.254:80" },
      400,
      "address is no node",
    ],
    [{ service: "go.micro.srv.shop", endpoint: "Shop.Place", request: "{" }, 400, "request is not JSON"],
  ])("%j is %i %s", async (body, status, detail) => {
    await town.shop("go.micro.srv.shop");
    await start({ enableRpc: true });
    const answer = await post("/rpc", JSON.stringify(body));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      id: "go.micro.rpc",
      detail: expect.stringContaining(detail),
    });
  });

  test("answers a preflight", async () => {
    await start({ enableRpc: true, corsOrigins: ["*"] });
    const headers = { origin: "http://app.test", "access-control-request-method": "POST" };
    expect(
      (await ask("/rpc", { method: "OPTIONS", headers })).headers["access-control-allow-methods"],
    ).toContain("POST");
  });
});
