import { createServer as createTcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import {
  createMemoryTransport,
  createTcpTransport,
  type Listener,
  sniffWire,
  type Transport,
  type Wire,
} from "../../../src/runtime/transport/index.ts";

const listeners: Listener[] = [];
const connections: Duplex[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.destroy();
  for (const listener of listeners.splice(0)) await listener.close();
});

async function listen(transport: Transport, onConnection: (connection: Duplex, remote: string) => void) {
  const listener = await transport.listen("127.0.0.1:0", (connection, remote) => {
    connections.push(connection);
    onConnection(connection, remote);
  });
  listeners.push(listener);
  return listener;
}

async function dial(transport: Transport, address: string): Promise<Duplex> {
  const connection = await transport.dial(address);
  connections.push(connection);
  return connection;
}

describe.each([
  ["tcp", createTcpTransport],
  ["memory", createMemoryTransport],
])("the %s transport", (_, createTransport) => {
  test("when bytes are written then they arrive at the other end, both ways", async () => {
    const transport = createTransport();
    const listener = await listen(transport, (connection) => connection.pipe(connection));
    const connection = await dial(transport, listener.address);
    connection.write("hello");
    const [chunk] = await new Promise<Buffer[]>((resolve) =>
      connection.once("data", (data) => resolve([data])),
    );
    expect(chunk?.toString()).toBe("hello");
  });

  test("when one end is destroyed then the other closes", async () => {
    const transport = createTransport();
    let accepted: Duplex | undefined;
    const got = new Promise<void>((resolve) => {
      void listen(transport, (connection) => {
        accepted = connection;
        connection.resume();
        resolve();
      }).then(async (listener) => dial(transport, listener.address));
    });
    await got;
    connections.find((connection) => connection !== accepted)?.destroy();
    while (connections.length < 2) await new Promise(setImmediate);
    const gone = new Promise((resolve) => accepted?.once("close", resolve));
    for (const connection of connections) if (connection !== accepted) connection.destroy();
    await gone;
  });

  test("when nobody listens then dialling fails", async () => {
    const transport = createTransport();
    const listener = await listen(transport, () => {});
    await listener.close();
    await expect(transport.dial(listener.address)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("when the address is taken then listening fails naming it", async () => {
    const transport = createTransport();
    const listener = await listen(transport, () => {});
    await expect(transport.listen(listener.address, () => {})).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: expect.stringContaining(listener.address),
    });
  });

  test("when the signal is aborted then dialling fails with its reason", async () => {
    const transport = createTransport();
    const listener = await listen(transport, () => {});
    const reason = new Error("enough");
    await expect(transport.dial(listener.address, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

test("when the listener is full then further connections are closed", async () => {
  const transport = createTcpTransport({ maxConnections: 1 });
  const listener = await listen(transport, () => {});
  await dial(transport, listener.address);
  const second = await dial(transport, listener.address);
  await new Promise((resolve) => second.resume().once("close", resolve));
});

describe("telling protocols apart", () => {
  const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** What a connection whose peer sends `chunks` is told to be, and the bytes its protocol then reads. */
  async function sniff(chunks: string[], timeoutMs = 1000): Promise<[Wire, string] | "closed"> {
    const transport = createMemoryTransport();
    let dialled: Duplex | undefined;
    const told = new Promise<[Wire, string] | "closed">((resolve) => {
      void listen(transport, (connection) => {
        connection.once("close", () => resolve("closed"));
        sniffWire(
          connection,
          (wire) => connection.once("data", (data: Buffer) => resolve([wire, data.toString()])),
          { timeoutMs },
        );
      }).then(async (listener) => {
        dialled = await dial(transport, listener.address);
        for (const chunk of chunks) {
          dialled.write(chunk);
          await new Promise(setImmediate);
        }
      });
    });
    return told;
  }

  test.each<[string, string[], Wire]>([
    ["the preface in one piece", [PREFACE], "http2"],
    ["the preface byte by byte", [...PREFACE], "http2"],
    ["an HTTP/1.1 request", ["POST /x HTTP/1.1\r\n"], "http1"],
    ["a method that begins like the preface", ["PR", "OPFIND / HTTP/1.1\r\n"], "http1"],
    ["one byte", ["G"], "http1"],
    ["a frame of go-micro", ["POST / HTTP/1.1\r\nHost: x\r\nMicro-Id: 1\r\n\r\n"], "mucp"],
    ["one of an older go-micro", ["POST / HTTP/1.1\r\nx-micro-method: A.B\r\n\r\n"], "mucp"],
    [
      "one of a go-micro before 1.0",
      ["POST / HTTP/1.1\r\nContent-Type: application/json-rpc\r\n\r\n"],
      "mucp",
    ],
    ["a frame byte by byte", [..."POST / HTTP/1.1\r\nMicro-Id: 1\r\n\r\n"], "mucp"],
    [
      "a person's post to /",
      ["POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n"],
      "http1",
    ],
    ["a body that looks like a header", ["POST / HTTP/1.1\r\nA: b\r\n\r\n\r\nMicro-Id: 1\r\n\r\n"], "http1"],
    ["a header without end", [`POST / HTTP/1.1\r\nA: ${"b".repeat(20_000)}`], "http1"],
  ])("when %s comes then the wire is known and no byte is lost", async (_, chunks, wire) => {
    const [told, bytes] = (await sniff(chunks)) as [Wire, string];
    expect(told).toBe(wire);
    expect(chunks.join("").startsWith(bytes)).toBe(true);
    expect(bytes.length).toBeGreaterThan(0);
  });

  test("when half a frame comes then HTTP's own 408 does", async () => {
    const transport = createMemoryTransport();
    const { address } = await listen(transport, (connection) =>
      sniffWire(connection, () => expect.fail("nothing is known yet"), { timeoutMs: 30 }),
    );
    const dialled = await dial(transport, address);
    dialled.write("POST / HTTP/1.1\r\nMicro-Id: ");
    let said = "";
    for await (const data of dialled) said += data;
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("when nothing comes then the connection is closed", async () => {
    expect(await sniff([], 30)).toBe("closed");
  });

  test("when half a preface comes then the connection is closed", async () => {
    expect(await sniff(["PRI * HT"], 30)).toBe("closed");
  });
});

test("when a host does not answer then dialling ends after its time", async () => {
  // A listener whose backlog is full does not answer; an aborted one stands in for it here.
  const silent = createTcpServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const controller = new AbortController();
  const dialling = createTcpTransport().dial(`127.0.0.1:${port}`, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(dialling).rejects.toThrow("enough");
  await new Promise((resolve) => silent.close(resolve));
});
