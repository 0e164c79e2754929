import { describe, expect, test } from "vitest";
import { createContext, runInContext } from "../../../src/runtime/context/index.ts";
import { MicroError } from "../../../src/runtime/errors/index.ts";
import {
  createLog,
  createLoggerSink,
  createRedaction,
  createStreamSink,
  jsonLine,
  type LogFields,
  type LogOptions,
  pinoLogger,
  textLine,
} from "../../../src/runtime/log/index.ts";
import { Metadata } from "../../../src/runtime/metadata/index.ts";
import { createVirtualClock } from "../../../src/runtime/testing/virtual-clock.ts";

const origin = { service: "go.micro.srv.shop", version: "1.2.0", node: "shop-1" };

/** A log and the lines it writes, in both forms. */
function written(options: Partial<LogOptions> = {}) {
  const json: string[] = [];
  const text: string[] = [];
  const log = createLog({
    origin,
    sinks: [(record) => json.push(jsonLine(record)), (record) => text.push(textLine(record, false))],
    ...options,
  });
  return { log, json, text, last: () => JSON.parse(json.at(-1) as string) };
}
const lineOf = (fields: LogFields, options?: Partial<LogOptions>) => {
  const { log, last } = written(options);
  log.info("it happened", fields);
  return last();
};

describe("a line tells who wrote it, in which call, and what", () => {
  test("when a handler writes then method, trace and request of its call are told", () => {
    const { log, last } = written();
    const metadata = Metadata.from({
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "x-request-id": "req-7",
    });
    runInContext(createContext({ method: "shop.Shop/Order", metadata }), () => log.info("sold", { left: 2 }));
    expect(last()).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: "info",
      ...origin,
      message: "sold",
      method: "shop.Shop/Order",
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      span_id: "00f067aa0ba902b7",
      request_id: "req-7",
      left: 2,
    });
  });

  test("when nobody sent an id then one is made, the same for all lines of the call", () => {
    const { log, json } = written();
    runInContext(createContext(), () => {
      log.info("one");
      log.info("two");
    });
    const ids = json.map((line) => JSON.parse(line).request_id);
    expect(ids[0]).toMatch(/^[\da-f]{16}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  test.each(["", "a b", "x".repeat(200), "<script>", "ä"])(
    "when a caller sends the id %j then it is not believed",
    (id) => {
      const { log, last } = written();
      const metadata = new Metadata();
      if (id !== "ä") metadata.set("x-request-id", id);
      runInContext(createContext({ metadata }), () => log.info("one"));
      expect(last().request_id).toMatch(/^[\da-f]{16}$/);
    },
  );

  test("when a log is made with fields then all its lines tell them", () => {
    const { log, last } = written();
    log.with({ component: "stock", shelf: 1 }).with({ shelf: 2 }).warn("low");
    expect(last()).toMatchObject({ level: "warn", component: "stock", shelf: 2 });
  });

  test("when a field has the name of one of ours then it cannot pretend", () => {
    expect(lineOf({ service: "bank", level: "error", message: "no", time: "never" })).toMatchObject({
      service: "go.micro.srv.shop",
      service_: "bank",
      level: "info",
      level_: "error",
      message: "it happened",
      message_: "no",
      time_: "never",
    });
  });

  test("when a person reads at a terminal then it is one line, and the stack below", () => {
    const { log, text } = written();
    const error = new Error("a bug");
    error.stack = "Error: a bug\n    at one\n    at two";
    log.error("it failed", { error, left: 2, note: "two words" });
    expect(text[0]?.split("\n").map((line) => line.replace(/^[\d:.]+/, "TIME"))).toEqual([
      'TIME error it failed  error="a bug" left=2 note="two words"',
      "    at one",
      "    at two",
    ]);
  });
});

describe("levels", () => {
  test("when the level is changed then it counts from the next line on, for logs made before, too", () => {
    const { log, json } = written();
    const child = log.with({ component: "stock" });
    child.debug("not told");
    log.level = "debug";
    child.debug("told");
    log.level = "error";
    child.warn("not told");
    expect(json.map((line) => JSON.parse(line).message)).toEqual(["told"]);
  });

  test("when the level does not exist then it is refused by name", () => {
    const { log } = written();
    expect(() => {
      log.level = "loud" as never;
    }).toThrow('no such level: "loud"; there are debug info warn error');
  });
});

describe("secrets", () => {
  test.each([
    "authorization",
    "Authorization",
    "proxy-authorization",
    "cookie",
    "Set-Cookie",
    "password",
    "userPassword",
    "client_secret",
    "refreshToken",
    "x-api-key",
    "apiKey",
    "private_key",
    "sessionId",
    "AWS_ACCESS_KEY",
  ])("when a field is called %s then nobody reads its value, however deep it stands", (name) => {
    const line = JSON.stringify(lineOf({ [name]: "hunter2", deep: [{ more: { [name]: ["hunter2"] } }] }));
    expect(line).not.toContain("hunter2");
    expect(line.match(/\[redacted\]/g)).toHaveLength(2);
  });

  test.each([
    ["Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln was refused", "Bearer [redacted] was refused"],
    ["authorization: Basic aHVudGVyMg==", "authorization: Basic [redacted]"],
    ["cannot reach etcd://root:hunter2@10.0.0.5:2379/", "cannot reach etcd://[redacted]@10.0.0.5:2379/"],
    ['body was {"password":"hunter2","name":"Ada"}', 'body was {"password":"[redacted]","name":"Ada"}'],
    ["GET /?api_key=hunter2&name=ada", "GET /?api_key=[redacted]&name=ada"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "jwt [redacted]"],
    [
      "nothing to hide: see https://example.test:8080/a@b",
      "nothing to hide: see https://example.test:8080/a@b",
    ],
  ])("when the text is %j then what shows by its form is out", (text, told) => {
    const { log, last } = written();
    log.info(text, { text });
    expect(last()).toMatchObject({ message: told, text: told });
  });

  test("when names and paths are added then they are secret, too, and nothing else", () => {
    const redaction = createRedaction(["email", "order.customer.*"]);
    expect(
      lineOf(
        { user: { email: "a@b.c", name: "Ada" }, order: { id: 7, customer: { phone: "1" } } },
        { redaction },
      ),
    ).toMatchObject({
      user: { email: "[redacted]", name: "Ada" },
      order: { id: 7, customer: { phone: "[redacted]" } },
    });
  });

  test("when an error carries a secret then its message and stack do not", () => {
    const error = new Error("login with password=hunter2 failed", { cause: new Error("token: hunter2") });
    expect(JSON.stringify(lineOf({ error }))).not.toContain("hunter2");
  });
});

describe("whatever it is given, a line is one line, of bounded size, and nothing is thrown", () => {
  const cycle: Record<string, unknown> = { name: "a" };
  cycle.self = cycle;
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  const thrower = {
    get value(): never {
      throw new Error("no");
    },
    well: 1,
  };
  const deep: Record<string, unknown> = {};
  let end = deep;
  for (let i = 0; i < 10_000; i++) {
    end.next = {};
    end = end.next as Record<string, unknown>;
  }
  test.each<[string, unknown, unknown]>([
    ["a cycle", cycle, { name: "a", self: "[circular]" }],
    ["a getter that throws", thrower, { value: "[threw]", well: 1 }],
    ["a proxy that throws", hostile, { unreadable: "it threw" }],
    ["a revoked proxy", revoked(), expect.anything()],
    ["a big integer", 12n, "12"],
    ["not a number", Number.NaN, "NaN"],
    ["a function", () => 1, "[function]"],
    ["a symbol", Symbol("x"), "[symbol]"],
    ["bytes", new Uint8Array(9), "[9 bytes]"],
    ["a map", new Map([["a", 1]]), { a: 1 }],
    ["a set", new Set([1, 2]), [1, 2]],
    ["an invalid date", new Date("never"), "[invalid date]"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      "a toJSON that throws",
      {
        toJSON: () => {
          throw new Error("no");
        },
      },
      { toJSON: "[function]" },
    ],
    ["__proto__", JSON.parse('{"__proto__":{"polluted":1}}'), expect.anything()],
  ])("when a field is %s then it says so", (_, value, told) => {
    expect(lineOf({ value })).toMatchObject({ message: "it happened", value: told });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("when an error was repeated then every attempt is told", () => {
    const error = new MicroError({ id: "x", code: 503, detail: "gone" });
    error.attempts = [new MicroError({ id: "x", code: 503, detail: "first" })];
    expect(lineOf({ error }).error).toMatchObject({
      code: 503,
      detail: "gone",
      attempts: [{ detail: "first" }],
    });
  });

  test.each<[string, unknown]>([
    ["a text of ten million characters", "x".repeat(10_000_000)],
    ["a million items", Array.from({ length: 1_000_000 }, (_, i) => i)],
    ["a hundred thousand names", Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, i]))],
    ["ten thousand objects within each other", deep],
    ["a wide and deep tree", tree(5)],
    ["a thousand long texts", Array.from({ length: 1000 }, () => "y".repeat(8000))],
    ["names of a megabyte", { ["z".repeat(1_000_000)]: 1 }],
    ["a million control characters", "\u0000".repeat(1_000_000)],
  ])("when a field is %s then the line has at most 64 KiB", (_, value) => {
    const { log, json, text } = written();
    log.info("huge", { value });
    expect(json[0]?.length).toBeLessThanOrEqual(65_536);
    expect(JSON.parse(json[0] as string).message).toBe("huge");
    expect(text[0]?.length).toBeLessThan(300_000);
  });

  test.each([
    ["a line break", "one\ntwo"],
    ["a forged line", '{"a":1}\r\n{"level":"info","message":"all is well"}'],
    ["an escape sequence", "\u001b[2J\u001b]0;title\u0007"],
    ["a one-byte escape sequence", "\u009b31m"],
    ["line separators of Unicode", "one\u2028two\u2029three\u0085four"],
    ["text that turns around", "\u202egnp.exe\u2066"],
    ["half a character", "\ud800"],
  ])("when message, name and value hold %s then nothing of it reaches a terminal", (_, nasty) => {
    const { log, json, text } = written();
    log.with({ [nasty]: nasty }).info(nasty, { nasty, error: new Error(nasty) });
    expect(json[0]).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(JSON.parse(json[0] as string)).toMatchObject({ message: nasty, nasty, [nasty]: nasty });
    const [head, ...stack] = text[0]?.split("\n") ?? [];
    expect(head).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    for (const line of stack) expect(line).toMatch(/^ {4}[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u);
  });

  test("when even the message is none then there is a line", () => {
    const { log, last } = written();
    log.info({
      toString: () => {
        throw new Error("no");
      },
    } as never);
    expect(last().message).toBe("a line that cannot be shown");
    log.info(undefined as never, "no object" as never);
    expect(last().message).toBe("undefined");
  });
});

describe("whoever reads the lines, the service goes on", () => {
  test("when there are more than a thousand lines a second then they are counted, and errors still told", async () => {
    const clock = createVirtualClock();
    const { log, json } = written({ clock });
    for (let i = 0; i < 5000; i++) log.info("again");
    log.error("it matters");
    expect(json).toHaveLength(1001);
    await clock.advance(1000);
    expect(JSON.parse(json.at(-1) as string)).toMatchObject({
      level: "warn",
      message: "4000 lines of level info were left out: more than 1000 a second",
    });
    log.info("and on");
    expect(json).toHaveLength(1003);
  });

  test("when nobody takes the lines then no more than a mebibyte waits, and the loss is told later", () => {
    const stream = { writableLength: 0, taken: "", listeners: 0 };
    const sink = createStreamSink(
      {
        get writableLength() {
          return stream.writableLength;
        },
        write(text) {
          stream.taken += text;
        },
        on: () => {
          stream.listeners += 1;
        },
      },
      jsonLine,
    );
    const { log } = written({ sinks: [sink] });
    log.info("one");
    stream.writableLength = 2 ** 20 + 1;
    log.info("two");
    log.info("three");
    stream.writableLength = 0;
    log.info("four");
    const lines = stream.taken.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      "one",
      "2 lines of the log are lost: nobody read them in time",
      "four",
    ]);
    expect(stream.listeners).toBe(1);
  });

  test("when the logger that was given throws then the caller does not notice", () => {
    const fail = () => {
      throw new Error("disk full");
    };
    const { log } = written({ sinks: [createLoggerSink({ info: fail, warn: fail, error: fail }), fail] });
    expect(() => log.error("it matters")).not.toThrow();
  });

  test("when the logger is pino's then it gets the fields first", () => {
    const seen: unknown[] = [];
    const take = (fields: object, message: string) => seen.push([message, fields]);
    const pino = { debug: take, info: take, warn: take, error: take };
    const { log } = written({ sinks: [createLoggerSink(pinoLogger(pino))], level: "debug" });
    log.debug("sold\u001b[2J", { left: 2, token: "hunter2" });
    expect(seen).toEqual([["sold\\u001b[2J", { left: 2, token: "[redacted]", ...origin }]]);
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function tree(depth: number): unknown {
  return depth === 0 ? "leaf" : Array.from({ length: 8 }, () => ({ next: tree(depth - 1) }));
}
