import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  createServer,
  createTcpTransport,
  MicroError,
  type Server,
  type ServerOptions,
} from "@micro-service/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HttpReader } from "../../../../src/runtime/protocol/mucp/http-reader.ts";
import { Greeter, type GreeterHandler } from "../../../fixtures/go-micro/expected/greeter.service.ts";
import { Request, Response } from "../../../fixtures/go-micro/expected/greeter.ts";

const log: string[] = [];
let onLog: (() => void)[] = [];
const note = (entry: string) => {
  log.push(entry);
  for (const resolve of onLog.splice(0)) resolve();
};
const noted = async (entry: string) => {
  while (!log.includes(entry)) await new Promise<void>((resolve) => onLog.push(resolve));
};

const handler: GreeterHandler = {
  hello: (request, context) => ({
    text: `Hello ${request.name}`,
    request,
    metadata: context.metadata.toJSON(),
    timeLeftMs: BigInt(context.deadline === undefined ? 0 : Math.round(context.deadline - Date.now())),
  }),
  fail: ({ name }) => {
    throw new MicroError({ id: "some.id", code: 404, detail: name });
  },
  hang: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      note("hang began");
      signal.addEventListener("abort", () => {
        note(`hang ended: ${(signal.reason as MicroError).code}`);
        reject(signal.reason);
      });
    }),
  async *count({ bigNumber }) {
    try {
      for (let i = 1n; i <= bigNumber; i++) yield { text: String(i) };
    } finally {
      note("count ended");
    }
  },
  async join(requests) {
    let text = "";
    for await (const { name } of requests) {
      if (name === "read no further") await new Promise(() => {});
      text += name;
    }
    return { text };
  },
  async *chat(requests) {
    for await (const { name } of requests) {
      if (name === "bye") return;
      yield { text: `you said ${name}` };
    }
  },
};

/** What somebody writes who knows no more than sockets. */
class Peer {
  readonly socket: Socket;
  readonly #reader = new HttpReader({ kind: "response", maxBodyBytes: 1 << 24 });

  constructor(address: string) {
    // Without delay: of two small frames the second would wait for the first to be acknowledged, 40 ms each time.
    this.socket = connect({ port: Number(address.split(":")[1]), host: "127.0.0.1", noDelay: true });
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** The next answer; undefined when the connection ends before. */
  async answer() {
    for (;;) {
      const answer = this.#reader.next();
      if (answer !== undefined) return answer;
      const chunk: Buffer | null = this.socket.read();
      if (chunk !== null) this.#reader.push(chunk);
      else if (this.socket.readableEnded || this.socket.destroyed) return undefined;
      else await anyOf(this.socket, "readable", "end", "close");
    }
  }
}

/** Waits for the first of some events, and for no other after it. */
async function anyOf(socket: Socket, ...events: string[]): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race(events.map((event) => once(socket, event, { signal }))).finally(() => over.abort());
}

function frame(fields: Record<string, string>, body: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "Content-Length": String(bytes.length), ...fields }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nHost: x\r\n${lines.join("")}\r\n`), bytes]);
}

const hello = (id: string, name: string, more: Record<string, string> = {}) =>
  frame({ "Micro-Id": id, "Micro-Endpoint": "Greeter.Hello", ...more }, Request.encode({ name }));

let server: Server;
let peers: Peer[];
let at: string;

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    logger: { error() {} },
    ...options,
  });
  server.handle(Greeter, handler);
  await server.start();
  at = server.address as string;
}

function peer(): Peer {
  const one = new Peer(at);
  one.socket.on("error", () => {});
  peers.push(one);
  return one;
}

beforeEach(() => {
  log.length = 0;
  onLog = [];
  peers = [];
});
afterEach(async () => {
  for (const { socket } of peers) socket.destroy();
  await server.stop({ graceMs: 0 });
});

describe("what go-micro's clients write", () => {
  beforeEach(() => start());

  test("when the bytes of v1.18 come then it is answered in its own words", async () => {
    const one = peer();
    one.write(
      "POST / HTTP/1.1\r\nHost: 10.0.0.5:41234\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 6\r\nAccept: application/protobuf\r\n" +
        "Content-Type: application/protobuf\r\nMicro-Endpoint: Greeter.Hello\r\nMicro-From-Service: go.micro.web\r\nMicro-Id: 0\r\n" +
        "Micro-Method: Greeter.Hello\r\nMicro-Service: go.micro.srv.greeter\r\nTimeout: 5000000000\r\n\r\n\x0a\x04John",
    );
    const answer = await one.answer();
    expect(answer).toMatchObject({
      start: "HTTP/1.1 200 OK",
      fields: { "micro-id": "0", "x-micro-id": "0", "content-type": "application/protobuf" },
    });
    const said = Response.decode(answer?.body as Buffer);
    expect(said).toMatchObject({ text: "Hello John", metadata: { "micro-from-service": "go.micro.web" } });
    expect(said.timeLeftMs).toBeGreaterThan(4000n);
    expect(said.timeLeftMs).toBeLessThanOrEqual(5000n);
  });

  test("when frames come one behind the other then each is answered under its own id", async () => {
    const one = peer();
    one.write(Buffer.concat([hello("7", "a"), hello("8", "b"), hello("9", "c")]));
    const answers = [await one.answer(), await one.answer(), await one.answer()].map((answer) => [
      answer?.fields["micro-id"],
      Response.decode(answer?.body as Buffer).text,
    ]);
    expect(answers.sort()).toEqual([
      ["7", "Hello a"],
      ["8", "Hello b"],
      ["9", "Hello c"],
    ]);
  });

  test("when a frame comes byte by byte then it is answered", async () => {
    const one = peer();
    one.socket.setNoDelay(true);
    for (const byte of hello("1", "slow")) one.write(Buffer.of(byte));
    expect(Response.decode((await one.answer())?.body as Buffer).text).toBe("Hello slow");
  });

  test.each([
    ["the method alone", { "Micro-Method": "Greeter.Hello", "Micro-Service": "x" }],
    ["the older spelling", { "X-Micro-Method": "Greeter.Hello", "X-Micro-Service": "x" }],
    ["the full name", { "Micro-Endpoint": "greeter.Greeter.Hello" }],
    ["other cases", { "mIcRo-eNdPoInT": "Greeter.Hello", "CONTENT-TYPE": "Application/Protobuf; x=1" }],
  ])("when a call is named by %s then it is found", async (_, fields) => {
    const one = peer();
    one.write(
      frame({ "Micro-Id": "1", ...(fields as Record<string, string>) }, Request.encode({ name: "x" })),
    );
    expect(Response.decode((await one.answer())?.body as Buffer).text).toBe("Hello x");
  });

  test("when the body is proto-rpc then so is the answer, with method and id in it", async () => {
    const one = peer();
    const body = Buffer.from(
      "000000180a0d477265657465722e48656c6c6f110100000000000000000000060a044a6f686e",
      "hex",
    );
    one.write(frame({ "Content-Type": "application/proto-rpc" }, body));
    const { body: answer } = (await one.answer()) ?? { body: Buffer.alloc(0) };
    expect(answer.subarray(0, 28).toString("hex")).toBe(
      "000000180a0d477265657465722e48656c6c6f110100000000000000",
    );
    expect(Response.decode(answer.subarray(32)).text).toBe("Hello John");
  });

  test("when the body is json-rpc then so is the answer, also that of an error", async () => {
    const one = peer();
    const ask = (method: string) => JSON.stringify({ method, params: [{ name: "Ada" }], id: "5" });
    one.write(frame({ "Content-Type": "application/json-rpc" }, ask("Greeter.Hello")));
    expect(JSON.parse(String((await one.answer())?.body))).toMatchObject({
      id: "5",
      result: { text: "Hello Ada" },
      error: null,
    });
    one.write(frame({ "Content-Type": "application/json-rpc" }, ask("Greeter.Fail")));
    const failed = JSON.parse(String((await one.answer())?.body)) as { error: string; result: unknown };
    expect(failed.result).toBeNull();
    expect(JSON.parse(failed.error)).toMatchObject({ id: "some.id", code: 404, detail: "Ada" });
  });

  test("when an answer in JSON is empty then it is {}, which Go can read", async () => {
    const one = peer();
    one.write(
      frame({ "Micro-Endpoint": "Greeter.Join", "Micro-Stream": "1", "Content-Type": "application/json" }),
    );
    one.write(frame({ "Micro-Endpoint": "Greeter.Join", "Micro-Stream": "1", "Micro-Error": "EOS" }));
    expect(String((await one.answer())?.body)).toBe("{}");
    expect((await one.answer())?.fields["micro-error"]).toBe("EOS");
  });

  test("when a handler fails then Micro-Error holds Micro's JSON, in ASCII", async () => {
    const one = peer();
    one.write(
      frame({ "Micro-Id": "1", "Micro-Endpoint": "Greeter.Fail" }, Request.encode({ name: "nö\r\nX: y" })),
    );
    const answer = await one.answer();
    expect(answer?.fields["micro-error"]).toBe(
      '{"id":"some.id","code":404,"detail":"n\\u00f6\\r\\nX: y","status":"Not Found"}',
    );
    expect(answer?.fields["x-micro-error"]).toBe(answer?.fields["micro-error"]);
    expect(answer?.fields.x).toBeUndefined();
    expect(answer?.body.length).toBe(0);
  });

  test.each([
    ["an unknown method", { "Micro-Endpoint": "Greeter.Helo" }, 501, "did you mean Hello"],
    ["an endpoint without a dot", { "Micro-Endpoint": "Hello" }, 400, "Service.Method"],
    [
      "an unknown content type",
      { "Micro-Endpoint": "Greeter.Hello", "Content-Type": "text/html" },
      415,
      "text/html",
    ],
  ])(
    "when a call has %s then the error says so, and the connection goes on",
    async (_, fields, code, detail) => {
      const one = peer();
      one.write(frame({ "Micro-Id": "3", ...(fields as Record<string, string>) }, "{}"));
      const answer = await one.answer();
      expect(answer?.fields["micro-id"]).toBe("3");
      const error = JSON.parse(answer?.fields["micro-error"] ?? "") as MicroError;
      expect(error.code).toBe(code);
      expect(error.detail).toContain(detail);
      one.write(hello("4", "again"));
      expect((await one.answer())?.fields["micro-id"]).toBe("4");
    },
  );
});

describe("streams", () => {
  beforeEach(() => start());
  const opening = { "Micro-Id": "5", "Micro-Stream": "5", "Micro-Endpoint": "Greeter.Count", Timeout: "1" };

  test("when a stream opens then the body of its first frame is no message, that of the second is", async () => {
    const one = peer();
    one.write(frame(opening, Request.encode({ bigNumber: 9n })));
    one.write(frame(opening, Request.encode({ bigNumber: 2n })));
    const answers = [await one.answer(), await one.answer(), await one.answer()];
    expect(answers.map((answer) => Response.decode(answer?.body as Buffer).text)).toEqual(["1", "2", ""]);
    expect(answers[0]?.fields).toMatchObject({ "micro-id": "5", "micro-endpoint": "Greeter.Count" });
    expect(answers[2]?.fields["micro-error"]).toBe("EOS");
  });

  test("when frames of a stream share the Micro-Id alone then that is their stream, as for go-micro", async () => {
    const one = peer();
    const fields = { "Micro-Id": "5", "Micro-Endpoint": "Greeter.Count" };
    one.write(frame(fields));
    one.write(frame(fields, Request.encode({ bigNumber: 1n })));
    expect(Response.decode((await one.answer())?.body as Buffer).text).toBe("1");
    expect((await one.answer())?.fields["micro-error"]).toBe("EOS");
  });

  test("when hundreds of streams have ended then what is still under way to the last opens no new one", async () => {
    const one = peer();
    const id = (i: number) => ({ ...opening, "Micro-Id": String(i), "Micro-Stream": String(i) });
    for (let i = 1; i <= 250; i++) {
      one.write(frame(id(i)));
      one.write(frame(id(i), Request.encode({ bigNumber: 0n })));
      expect((await one.answer())?.fields["micro-error"]).toBe("EOS");
    }
    one.write(frame(id(250), Request.encode({ bigNumber: 1n })));
    one.write(frame(id(250), Request.encode({ bigNumber: 1n })));
    for (const next of ["1001", "1002"]) {
      one.write(hello(next, "next"));
      expect((await one.answer())?.fields["micro-id"]).toBe(next);
    }
  });

  test("when frames come for a stream that is over, or ends one that never was, then nothing answers", async () => {
    const one = peer();
    one.write(frame({ ...opening, "Micro-Stream": "77", "Micro-Error": "EOS" }));
    one.write(frame(opening));
    one.write(frame(opening, Request.encode({ bigNumber: 0n })));
    expect((await one.answer())?.fields["micro-error"]).toBe("EOS");
    one.write(frame(opening, Request.encode({ bigNumber: 1n })));
    one.write(frame({ ...opening, "Micro-Error": "EOS" }));
    one.write(hello("9", "next"));
    expect((await one.answer())?.fields["micro-id"]).toBe("9");
  });

  test("when the caller is gone then its handlers end, whether they stream or not", async () => {
    const one = peer();
    one.write(frame({ "Micro-Id": "1", "Micro-Endpoint": "Greeter.Hang" }));
    one.write(frame(opening));
    one.write(frame(opening, Request.encode({ bigNumber: 1_000_000n })));
    await noted("hang began");
    await one.answer();
    one.socket.destroy();
    await noted("count ended");
    await noted("hang ended: 499");
  });

  test("when the caller reads nothing then the handler is not asked for more", async () => {
    const one = peer();
    one.write(frame(opening));
    one.write(frame(opening, Request.encode({ bigNumber: 1_000_000n })));
    await one.answer();
    one.socket.pause();
    // Another connection is served meanwhile, and the stream has not ended.
    const other = peer();
    for (let i = 0; i < 50; i++) {
      other.write(hello(String(i), "x"));
      await other.answer();
    }
    expect(log).toEqual([]);
  });
});

describe("hostile callers", () => {
  test("when somebody posts to / who is no go-micro client then plain HTTP answers", async () => {
    await start();
    const response = await fetch(`http://${at}/`, { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 404 });
  });

  test("when a body is larger than allowed then the call fails in its own words, and the connection ends", async () => {
    await start({ maxMessageBytes: 1000 });
    const one = peer();
    one.write(frame({ "Micro-Id": "6", "Micro-Endpoint": "Greeter.Hello" }, "x".repeat(100_000)));
    const answer = await one.answer();
    expect(answer?.fields["micro-id"]).toBe("6");
    expect(answer?.fields["micro-error"]).toContain("exceeds the limit");
    expect(await one.answer()).toBeUndefined();
  });

  test.each([
    ["no HTTP", "hello\r\n\r\n", "400"],
    ["a header without end", `POST / HTTP/1.1\r\nA: ${"b".repeat(20_000)}`, "431"],
  ])("when %s follows the first frame then HTTP's own error ends the connection", async (_, text, status) => {
    await start();
    const one = peer();
    one.write(hello("1", "x"));
    await one.answer();
    one.write(text);
    expect((await one.answer())?.start).toContain(status);
    expect(await one.answer()).toBeUndefined();
  });

  test("when a frame does not arrive in time then the connection ends, however slowly it trickles", async () => {
    await start({ requestArrivalTimeoutMs: 200 });
    const one = peer();
    one.write(hello("1", "x"));
    await one.answer();
    one.write("POST / HTTP/1.1\r\nMicro-Id: ");
    const trickle = setInterval(() => one.write("1"), 40);
    expect((await one.answer())?.start).toContain("408");
    expect(await one.answer()).toBeUndefined();
    clearInterval(trickle);
  });

  test("when the one request of a server stream does not arrive then the call fails", async () => {
    await start({ requestArrivalTimeoutMs: 100 });
    const one = peer();
    one.write(frame({ "Micro-Id": "5", "Micro-Stream": "5", "Micro-Endpoint": "Greeter.Count" }));
    expect((await one.answer())?.fields["micro-error"]).toContain("did not arrive");
  });

  test("when the caller takes nothing of the answers for too long then the connection ends", async () => {
    await start({ stallTimeoutMs: 100 });
    const one = peer();
    const opening = { "Micro-Id": "5", "Micro-Stream": "5", "Micro-Endpoint": "Greeter.Count" };
    one.socket.pause();
    one.write(frame(opening));
    one.write(frame(opening, Request.encode({ bigNumber: 100_000_000n })));
    await noted("count ended");
  });

  test("when a handler reads no further then neither does the server", async () => {
    await start();
    const one = peer();
    const opening = { "Micro-Id": "5", "Micro-Stream": "5", "Micro-Endpoint": "Greeter.Join" };
    one.write(frame(opening));
    one.write(frame(opening, Request.encode({ name: "read no further" })));
    const large = frame(opening, Request.encode({ name: "x".repeat(100_000) }));
    for (let i = 0; i < 600; i++) one.write(large);
    // Another connection is served meanwhile, so there was time to read more.
    const other = peer();
    for (let i = 0; i < 2000; i++) {
      other.write(hello(String(i), "x"));
      await other.answer();
    }
    expect(one.socket.writableLength).toBeGreaterThan(20_000_000);
  });

  test("when as many calls run as the server takes on then the next one is refused, whatever its kind", async () => {
    await start({ maxConcurrentCalls: 1 });
    const one = peer();
    one.write(frame({ "Micro-Id": "1", "Micro-Endpoint": "Greeter.Hang" }));
    await noted("hang began");
    one.write(hello("2", "x"));
    one.write(frame({ "Micro-Id": "3", "Micro-Stream": "3", "Micro-Endpoint": "Greeter.Count" }));
    for (const id of ["2", "3"]) {
      const answer = await one.answer();
      expect(answer?.fields["micro-id"]).toBe(id);
      expect(answer?.fields["micro-error"]).toContain("maxConcurrentCalls");
    }
    expect(log).toEqual(["hang began"]);
  });

  test.each(["Micro-Id", "Micro-Stream", "Micro-Service", "Micro-Endpoint"])(
    "when %s is longer than anybody needs then the call is refused, not remembered",
    async (name) => {
      await start();
      const one = peer();
      const fields = { "Micro-Id": "1", "Micro-Endpoint": "Greeter.Count", [name]: "x".repeat(300) };
      one.write(frame(fields));
      const error = JSON.parse((await one.answer())?.fields["micro-error"] ?? "") as MicroError;
      expect(error).toMatchObject({ code: 400, detail: expect.stringContaining("256") });
      one.write(hello("2", "x"));
      expect((await one.answer())?.fields["micro-id"]).toBe("2");
    },
  );

  test("when a thousand calls come on one connection then a hundred run at once", async () => {
    await start();
    const one = peer();
    const hangs = Array.from({ length: 1000 }, (_, i) =>
      frame({ "Micro-Id": String(i), "Micro-Endpoint": "Greeter.Hang" }),
    );
    one.write(Buffer.concat(hangs));
    await expect.poll(() => log.length).toBe(100);
    const other = peer();
    other.write(hello("1", "x"));
    await other.answer();
    expect(log.length).toBe(100);
  });

  test("when a thousand frames come at once then all are answered, not all at the same time", async () => {
    await start();
    const one = peer();
    one.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => hello(String(i), "x"))));
    const ids = new Set<string | undefined>();
    while (ids.size < 1000) ids.add((await one.answer())?.fields["micro-id"]);
    expect(ids.size).toBe(1000);
  });

  test("when the server stops then running calls end first, and idle connections at once", async () => {
    await start();
    const [idle, busy] = [peer(), peer()];
    idle.write(hello("1", "x"));
    await idle.answer();
    busy.write(frame({ "Micro-Id": "2", "Micro-Endpoint": "Greeter.Hang" }));
    await noted("hang began");
    const stopped = server.stop({ graceMs: 100 });
    expect(await idle.answer()).toBeUndefined();
    expect((await busy.answer())?.fields["micro-error"]).toContain("shutting down");
    expect(await busy.answer()).toBeUndefined();
    await stopped;
  });
});
