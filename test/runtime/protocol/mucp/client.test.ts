import { createServer, type Server, type Socket } from "node:net";
import { type Client, type ClientOptions, createClient, createTcpTransport } from "@micro-service/runtime";
import { afterEach, describe, expect, test, vi } from "vitest";
import { HttpReader } from "../../../../src/runtime/protocol/mucp/http-reader.ts";
import { createGreeterClient, Greeter } from "../../../fixtures/go-micro/expected/greeter.service.ts";
import { Request, Response } from "../../../fixtures/go-micro/expected/greeter.ts";

interface Frame {
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a peer does with each frame; `connections` holds all that were ever accepted. */
type Script = (frame: Frame, socket: Socket) => void;

let listening: Server;
let client: Client;
let connections: Socket[];

async function peerThat(script: Script, options: ClientOptions = {}) {
  connections = [];
  listening = createServer((socket) => {
    connections.push(socket);
    const reader = new HttpReader({ kind: "request", maxBodyBytes: 1 << 24 });
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      reader.push(chunk);
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) script(frame, socket);
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as { port: number };
  client = createClient({ transport: createTcpTransport(), retries: 0, ...options });
  const greeter = createGreeterClient(client, "go.micro.srv.greeter");
  const at = { address: `127.0.0.1:${port}`, protocol: "mucp" } as const;
  return { greeter, at };
}

afterEach(async () => {
  await client.close();
  for (const socket of connections) socket.destroy();
  listening.close();
});

/** An answer as a Go server writes it: with the header of the request in it. */
function answer(fields: Readonly<Record<string, string>>, body: Uint8Array = new Uint8Array(0)): Buffer {
  const lines = Object.entries({ "Content-Length": String(body.length), ...fields });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n`), body]);
}
const hello: Script = ({ fields, body }, socket) => {
  const text = Request.decode(body).name;
  socket.write(
    answer({ "Micro-Id": fields["micro-id"] as string, Authorization: "stale" }, Response.encode({ text })),
  );
};
const saying =
  (bytes: string): Script =>
  (_, socket) =>
    socket.end(bytes);

test("what goes on the wire is what go-micro's clients write", async () => {
  const frames: Frame[] = [];
  const { greeter, at } = await peerThat((frame, socket) => {
    frames.push(frame);
    hello(frame, socket);
  });
  await greeter.hello({ name: "John" }, { ...at, metadata: { "x-user": "ada", "micro-id": "forged" } });
  expect(frames[0]?.body.toString("hex")).toBe("0a044a6f686e");
  expect(frames[0]?.fields).toMatchObject({
    host: at.address,
    accept: "application/protobuf",
    "content-type": "application/protobuf",
    "content-length": "6",
    "micro-endpoint": "Greeter.Hello",
    "micro-method": "Greeter.Hello",
    "micro-service": "go.micro.srv.greeter",
    "x-user": "ada",
  });
  expect(frames[0]?.fields["micro-id"]).toMatch(/^\d+$/);
  expect(Number(frames[0]?.fields.timeout)).toBeGreaterThan(4e9);
});

describe("connections", () => {
  test("when calls follow each other then they share one connection, each under an id of its own", async () => {
    const ids = new Set<string | undefined>();
    const { greeter, at } = await peerThat((frame, socket) => {
      ids.add(frame.fields["micro-id"]);
      hello(frame, socket);
    });
    for (let i = 0; i < 20; i++) expect((await greeter.hello({ name: `n${i}` }, at)).text).toBe(`n${i}`);
    expect(connections.length).toBe(1);
    expect(ids.size).toBe(20);
  });

  test("when many calls run at once then each has its own connection, and no more than the pool stay", async () => {
    const waiting: (() => void)[] = [];
    const { greeter, at } = await peerThat(
      (frame, socket) => {
        waiting.push(() => hello(frame, socket));
        if (waiting.length === 20) for (const go of waiting) go();
      },
      { poolSize: 5 },
    );
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const answers = await Promise.all(names.map((name) => greeter.hello({ name }, at)));
    expect(answers.map(({ text }) => text)).toEqual(names);
    expect(connections.length).toBe(20);
    await expect.poll(() => connections.filter((socket) => !socket.destroyed).length).toBe(5);
  });

  test("when a connection was idle for longer than it is kept then it is closed", async () => {
    const { greeter, at } = await peerThat(hello, { poolTtlMs: 50 });
    await greeter.hello({}, at);
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
  });

  test("when the peer closes an idle connection then the next call takes another", async () => {
    const { greeter, at } = await peerThat(hello);
    await greeter.hello({ name: "a" }, at);
    connections[0]?.end();
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
    expect((await greeter.hello({ name: "b" }, at)).text).toBe("b");
    expect(connections.length).toBe(2);
  });

  test("when the peer has closed an idle connection and nobody has looked yet then the call is not lost on it", async () => {
    const { greeter, at } = await peerThat(hello);
    await greeter.hello({ name: "a" }, at);
    const later = performance.now() + 20;
    vi.spyOn(performance, "now").mockImplementation(() => later);
    connections[0]?.destroy();
    // In the same turn: the end of the connection has not been seen.
    expect((await greeter.hello({ name: "b" }, at)).text).toBe("b");
    vi.restoreAllMocks();
    expect(connections.length).toBe(2);
  });

  test("when an answer comes after its time then nobody takes it for that of another call", async () => {
    const { greeter, at } = await peerThat((frame, socket) => {
      const isLate = Request.decode(frame.body).name === "late";
      setTimeout(() => hello(frame, socket), isLate ? 100 : 0);
    });
    await expect(greeter.hello({ name: "late" }, { ...at, timeoutMs: 20 })).rejects.toMatchObject({
      code: 408,
    });
    for (let i = 0; i < 20; i++) expect((await greeter.hello({ name: `n${i}` }, at)).text).toBe(`n${i}`);
  });

  test("when more comes than was asked for then the connection is not used again", async () => {
    const { greeter, at } = await peerThat((frame, socket) => {
      hello(frame, socket);
      hello({ ...frame, body: Buffer.from(Request.encode({ name: "forged" })) }, socket);
    });
    expect((await greeter.hello({ name: "a" }, at)).text).toBe("a");
    expect((await greeter.hello({ name: "b" }, at)).text).toBe("b");
  });
});

test.each([
  [
    "Micro's JSON",
    '{"id":"x","code":409,"detail":"d","status":"Conflict"}',
    { id: "x", code: 409, detail: "d" },
  ],
  ["JSON without what is zero", '{"code":404}', { id: "", code: 404, detail: "" }],
  ["words", "it broke", { id: "go.micro.client", code: 500, detail: "it broke" }],
  ["words of a Go server that lacks the service", "rpc: can't find service X", { code: 501 }],
])("when Micro-Error holds %s then the call fails with that", async (_, text, error) => {
  const { greeter, at } = await peerThat((_frame, socket) => socket.write(answer({ "Micro-Error": text })));
  await expect(greeter.hello({}, at)).rejects.toMatchObject(error);
});

test.each([
  [
    "refuses the content type as Go does",
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno",
    415,
  ],
  ["answers as a web server", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404],
  ["answers without a length", "HTTP/1.1 400 Bad Request\r\n\r\nno", 400],
  ["speaks no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 500],
  ["sends no such message", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\xff", 500],
  ["leaves inside its answer", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1", 503],
  ["leaves without an answer", "", 503],
  ["promises too much", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", 429],
])("when the peer %s then the call fails with the right code", async (_, bytes, code) => {
  const { greeter, at } = await peerThat(saying(bytes));
  await expect(greeter.hello({}, at)).rejects.toMatchObject({ code });
});

test("when nobody listens then the call fails with 503 and names the address", async () => {
  const { greeter, at } = await peerThat(hello);
  await new Promise((resolve) => listening.close(resolve));
  const error = await greeter.hello({}, at).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 503 });
  expect((error as Error).message).toContain(at.address);
});

describe("streams", () => {
  async function* names(...all: string[]) {
    for (const name of all) yield { name };
  }
  async function textsOf(replies: AsyncIterable<Response>) {
    const texts: string[] = [];
    for await (const { text } of replies) texts.push(text);
    return texts;
  }

  test("when a stream opens then its first frame has no body, and the end of the requests is told", async () => {
    const seen: string[] = [];
    const { greeter, at } = await peerThat(({ fields, body }, socket) => {
      seen.push(
        `${fields["micro-stream"] === fields["micro-id"]} ${body.length} ${fields["micro-error"] ?? ""}`,
      );
      if (fields["micro-error"] === "EOS") socket.write(answer({}, Response.encode({ text: "all" })));
    });
    expect(await greeter.join(names("a", "bc"), at)).toMatchObject({ text: "all" });
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
    expect(seen.slice(0, 4)).toEqual(["true 0 ", "true 3 ", "true 4 ", "true 0 EOS"]);
  });

  test("when a Go server says nothing at the end then we ask until it has ended", async () => {
    let questions = 0;
    const { greeter, at } = await peerThat(({ fields, body }, socket) => {
      const contentType = fields["content-type"] as string;
      if (contentType === "application/protobuf" && body.length > 0) {
        socket.write(answer({}, Response.encode({ text: Request.decode(body).name })));
      }
      if (contentType === "application/protobuf") return;
      questions += 1;
      // It is still at work when it is asked for the first time.
      if (questions === 1) setTimeout(() => socket.write(answer({}, Response.encode({ text: "late" }))), 50);
      else {
        const refusal = Buffer.from(`Unsupported Content-Type: ${contentType}`);
        socket.write(answer({ "Content-Type": "text/plain" }, refusal));
      }
    });
    expect(await textsOf(greeter.chat(names("a", "b"), at))).toEqual(["a", "b", "late"]);
    expect(questions).toBe(2);
  });

  test("when the connection breaks inside a stream then what came is read, and the error says so", async () => {
    const { greeter, at } = await peerThat(({ body }, socket) => {
      if (body.length > 0) socket.end(answer({}, Response.encode({ text: "1" })));
    });
    const texts: string[] = [];
    const reading = (async () => {
      for await (const { text } of greeter.count({ bigNumber: 5n }, at)) texts.push(text);
    })();
    await expect(reading).rejects.toMatchObject({ code: 503 });
    expect(texts).toEqual(["1"]);
  });

  test("when the caller does not read then neither do we", async () => {
    let sent = 0;
    const { at } = await peerThat((frame, socket) => {
      if (frame.body.length === 0) return;
      const more = () => {
        while (!socket.destroyed && sent < 100_000) {
          sent += 1;
          if (!socket.write(answer({}, Response.encode({ text: "x".repeat(1000) })))) return;
        }
      };
      socket.on("drain", more);
      more();
    });
    const replies = client.serverStream("go.micro.srv.greeter", Greeter.methods.count, { bigNumber: 1n }, at);
    const reader = replies[Symbol.asyncIterator]();
    await reader.next();
    let before = -1;
    await expect
      .poll(() => {
        const isStill = sent === before;
        before = sent;
        return isStill;
      })
      .toBe(true);
    expect(sent).toBeLessThan(100_000);
    await reader.return?.(undefined);
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
  });
});
