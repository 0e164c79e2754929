import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requestUnbound } from "../../../src/runtime/http2/request-unbound.ts";

const OPEN = { endStream: true };
const server = createServer();
server.on("stream", (stream) => {
  stream.respond({ ":status": 204 }, OPEN);
});
let session: ClientHttp2Session;

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(session, "remoteSettings");
});

afterEach(() => {
  session.destroy();
  server.close();
});

test("a request leaves AsyncResource as it was, also when it throws", async () => {
  const { bind } = AsyncResource.prototype;
  const stream = requestUnbound(session, { ":path": "/" }, OPEN);
  expect(AsyncResource.prototype.bind).toBe(bind);
  const [headers] = await once(stream, "response");
  expect(headers[":status"]).toBe(204);

  expect(() => requestUnbound(session, { ":path": "/", connection: "x" }, OPEN)).toThrow();
  expect(AsyncResource.prototype.bind).toBe(bind);
});

test("whatever else is bound while a request is made stays bound to its context", () => {
  const storage = new AsyncLocalStorage<string>();
  const resource = storage.run("outer", () => new AsyncResource("TEST"));
  let bound: (() => string | undefined) | undefined;
  // Headers are read while the request is made: a getter runs in the middle of it.
  const headers = {
    get ":path"() {
      bound ??= resource.bind(() => storage.getStore());
      return "/";
    },
  };
  requestUnbound(session, headers as never, OPEN).resume();

  expect(storage.run("inner", () => bound?.())).toBe("outer");
});

test("listeners of a stream still run in the context that made the request", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen = storage.run("caller", () => {
    const stream = requestUnbound(session, { ":path": "/" }, OPEN);
    return new Promise((resolve) => stream.on("response", () => resolve(storage.getStore())));
  });
  expect(await seen).toBe("caller");
});
