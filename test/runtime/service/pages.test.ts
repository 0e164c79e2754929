// Everything that docs/observability.md and docs/resilience.md show, in the same words: changed there, it is to be changed here.
import { createService, MicroError, pinoLogger } from "@micro-service/runtime";
import { createTestNetwork } from "@micro-service/runtime/testing";
import { afterEach, expect, test, vi } from "vitest";
import type {
  JsonValue,
  MessageType,
  ServiceType,
  UnaryMethod,
} from "../../../src/runtime/protobuf/index.ts";
import { missingIn } from "../../support/page-code.ts";

/** Messages with whatever fields, JSON on every wire. */
const anything = <T>(): MessageType<T> => ({
  typeName: "shop.Anything",
  create: (init) => ({ ...init }) as T,
  encode: (message) => Buffer.from(JSON.stringify(message)),
  decode: (bytes, start = 0, end = bytes.length) =>
    JSON.parse(Buffer.from(bytes.subarray(start, end)).toString()),
  toJson: (message) => message as JsonValue,
  fromJson: (json) => json as T,
  toJsonString: (message) => JSON.stringify(message),
  fromJsonString: (text) => JSON.parse(text) as T,
});
const method = <In, Out>(name: string, idempotency: "noSideEffects" | "unknown"): UnaryMethod<In, Out> => ({
  name,
  kind: "unary",
  service: "shop.Shop",
  input: anything<In>(),
  output: anything<Out>(),
  idempotency,
});
const order = method<{ id: string; card: string }, { id: string }>("Order", "unknown");
const search = method<{ text: string }, { text: string }>("Search", "noSideEffects");
const Shop: ServiceType<{ order: typeof order }> = { typeName: "shop.Shop", methods: { order } };
const Searched: ServiceType<{ search: typeof search }> = { typeName: "shop.Shop", methods: { search } };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0)) await close();
});

test.each(["docs/observability.md", "docs/resilience.md"])(
  "when %s shows code then it is code that runs here",
  (page) => {
    expect(missingIn(page, "test/runtime/service/pages.test.ts")).toEqual([]);
  },
);

/** Lines that a service writes to standard error. */
function written(): () => Record<string, unknown>[] {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () =>
    write.mock.calls
      .map(([text]) => String(text))
      .filter((text) => text.startsWith("{"))
      .map((text) => JSON.parse(text));
}

test("a line of one's own", async () => {
  const lines = written();
  const service = await createService({ name: "go.micro.srv.shop" });
  service.server.handle(Shop, {
    async order({ id, card }) {
      service.log.info("order placed", { id, card: { number: card } });
      return { id };
    },
  });
  closers.push(() => service.stop());
  await service.client.unary("go.micro.srv.shop", order, { id: "7", card: "4711" });
  expect(lines()).toMatchObject([
    {
      level: "info",
      service: "go.micro.srv.shop",
      message: "order placed",
      method: "shop.Shop/Order",
      request_id: expect.stringMatching(/^[\da-f]{16}$/),
      id: "7",
      card: { number: "4711" },
    },
  ]);
});

test("names that are secret", async () => {
  const lines = written();
  const service = await createService({
    name: "go.micro.srv.shop",
    log: { level: "debug", redact: ["email", "order.customer.*", "card.number"] },
  });
  closers.push(() => service.stop());
  service.log.debug("new", { email: "a@b.c", order: { customer: { phone: "1" } }, card: { number: "4711" } });
  expect(lines()).toMatchObject([
    { email: "[redacted]", order: { customer: { phone: "[redacted]" } }, card: { number: "[redacted]" } },
  ]);
});

test("lines that go elsewhere", async () => {
  const told: unknown[] = [];
  const take = (fields: object, message: string) => told.push({ message, ...fields });
  const pino = () => ({ debug: take, info: take, warn: take, error: take });
  const service = await createService({ name: "go.micro.srv.shop", logger: pinoLogger(pino()) });
  closers.push(() => service.stop());
  service.log.info("open", { left: 2 });
  expect(told).toMatchObject([{ message: "open", service: "go.micro.srv.shop", left: 2 }]);
});

test("where options of calls stand", async () => {
  const service = await createService({
    name: "go.micro.srv.greeter",
    calls: {
      timeoutMs: 2000,
      methods: {
        "shop.Shop": { retries: 2 },
        "shop.Shop/Search": { timeoutMs: 300, hedgeAfterMs: 60 },
      },
    },
  });
  closers.push(() => service.stop());
  expect(service.name).toBe("go.micro.srv.greeter");
});

test("errors and their attempts", async () => {
  const network = createTestNetwork({ time: "virtual" });
  closers.push(() => network.close());
  await network.service({
    name: "go.micro.srv.shop",
    setup: ({ server }) =>
      server.handle(Searched, {
        search({ text }) {
          if (text !== "") throw new MicroError({ id: "go.micro.srv.shop", code: 503, detail: "no index" });
          throw new MicroError({
            id: "go.micro.srv.shop",
            code: 429,
            detail: "one order a second",
            retryAfterMs: 1000,
          });
        },
      }),
  });
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { client } = network;
  const shop = {
    search: (request: { text: string }, options = {}) =>
      network.run(client.unary("go.micro.srv.shop", search, request, options)),
  };
  const asked = async () => {
    const answer = await shop.search({ text: "tea" }, { timeoutMs: 100 });
    return answer;
  };
  await expect(asked()).rejects.toMatchObject({ code: 503, detail: "no index" });
  try {
    await shop.search({ text: "tea" });
  } catch (error) {
    if (MicroError.is(error))
      for (const attempt of error.attempts) console.warn(attempt.code, attempt.detail);
  }
  expect(warn.mock.calls).toEqual([
    [503, "no index"],
    [503, "no index"],
  ]);
  await expect(shop.search({ text: "" }, { retries: 0 })).rejects.toMatchObject({
    code: 429,
    retryAfterMs: 1000,
  });
});
