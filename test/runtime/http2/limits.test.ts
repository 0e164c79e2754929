import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createNodeHttp2Engine,
  type EngineLimits,
  type EngineStream,
  type ServerSession,
  type StreamClose,
  type StreamReceiver,
} from "../../../src/runtime/http2/index.ts";
import { createTcpTransport, type Listener } from "../../../src/runtime/transport/index.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** A POST to / at authority x, no END_STREAM. */
const HEADERS = Buffer.from([0, 0, 6, 1, 4, 0, 0, 0, 1, 0x83, 0x86, 0x84, 0x41, 1, 0x78]);

let listener: Listener;
let limits: EngineLimits;
let started: number;
let closes: StreamClose[];
let sessions: ServerSession[];
let onStream: (stream: EngineStream) => void;
const sockets: Socket[] = [];
const clients: ClientHttp2Session[] = [];

beforeEach(async () => {
  limits = {};
  started = 0;
  closes = [];
  sessions = [];
  onStream = () => {};
  const engine = createNodeHttp2Engine();
  listener = await createTcpTransport().listen("127.0.0.1:0", (connection) => {
    const receiver: StreamReceiver = {
      onHeaders() {},
      onData() {},
      onTrailers() {},
      onEnd() {},
      onDrain() {},
      onClose: (close) => closes.push(close),
    };
    sessions.push(
      engine.accept(
        connection,
        {
          onStream(stream) {
            started += 1;
            onStream(stream);
            return receiver;
          },
          onClose() {},
        },
        limits,
      ),
    );
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const session of sessions) session.destroy();
  await listener.close();
});

function open(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(Number(listener.address.split(":")[1]), "127.0.0.1", () => resolve(socket));
    socket.on("error", () => {});
    socket.resume();
    sockets.push(socket);
  });
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

function foreign(): ClientHttp2Session {
  const client = connectHttp2(`http://${listener.address}`);
  client.on("error", () => {});
  clients.push(client);
  return client;
}

describe("a server session", () => {
  test("when a peer sends no SETTINGS then it is cut off", async () => {
    limits = { settingsTimeoutMs: 50 };
    const socket = await open();
    socket.write(PREFACE);
    await closed(socket);
  });

  test("when a peer is idle then it is told goodbye", async () => {
    limits = { idleTimeoutMs: 100, livenessIntervalMs: 50 };
    const socket = await open();
    socket.write(Buffer.concat([Buffer.from(PREFACE), SETTINGS]));
    await closed(socket);
  });

  test.each([
    ["a preface followed by noise", Buffer.concat([Buffer.from(PREFACE), Buffer.alloc(200, 0x5a)])],
    [
      "a frame larger than allowed",
      Buffer.concat([Buffer.from(PREFACE), SETTINGS, Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1])]),
    ],
    [
      "DATA on a stream never opened",
      Buffer.concat([Buffer.from(PREFACE), SETTINGS, Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 5, 0])]),
    ],
    [
      "headers that are no HPACK",
      Buffer.concat([
        Buffer.from(PREFACE),
        SETTINGS,
        Buffer.from([0, 0, 3, 1, 5, 0, 0, 0, 1, 255, 255, 255]),
      ]),
    ],
  ])(
    "when a peer sends %s then its connection ends and the process lives",
    async (_, bytes) => {
      const socket = await open();
      socket.write(bytes);
      await closed(socket);
      expect(started).toBe(0);
    },
    5000,
  );

  test("when a peer breaks the protocol while its calls run then these end with the connection", async () => {
    const socket = await open();
    socket.write(Buffer.concat([Buffer.from(PREFACE), SETTINGS, HEADERS]));
    while (started === 0) await new Promise(setImmediate);
    // DATA on a stream never opened.
    socket.write(Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 5, 0]));
    await closed(socket);
    while (closes.length === 0) await new Promise(setImmediate);
    expect(closes).toEqual([expect.objectContaining({ connectionLost: true })]);
  }, 5000);

  test("when a peer falls quiet, reads nothing or only answers PINGs then it keeps its connection", async () => {
    onStream = (stream) => {
      stream.sendHeaders({ ":status": "200" }, false);
      stream.sendData(Buffer.alloc(50 << 20), false);
    };
    const quiet = foreign();
    const silent = await open();
    silent.pause();
    // SETTINGS and WINDOW_UPDATE that open both windows wide, so that the socket itself is what gets stuck.
    const wide = Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7f, 255, 255, 255]);
    const more = Buffer.from([0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0]);
    silent.write(Buffer.concat([Buffer.from(PREFACE), wide, more, HEADERS]));
    await new Promise((resolve) => quiet.once("remoteSettings", resolve));
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(quiet.destroyed || quiet.closed).toBe(false);
    expect(silent.destroyed).toBe(false);
    expect(closes).toEqual([]);
    silent.destroy();
    while (closes.length === 0) await new Promise(setImmediate);
  });

  test("when a peer keeps its window shut but answers PINGs then its streams are reset, the connection lives", async () => {
    limits = { stallTimeoutMs: 200 };
    onStream = (stream) => {
      stream.sendHeaders({ ":status": "200" }, false);
      stream.sendData(Buffer.alloc(20_000), false);
    };
    const client = connectHttp2(`http://${listener.address}`, { settings: { initialWindowSize: 0 } });
    client.on("error", () => {});
    clients.push(client);
    const stream = client.request({ ":method": "POST", ":path": "/" }, { endStream: false });
    stream.on("error", () => {});
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(closes).toEqual([expect.objectContaining({ stalled: true, connectionLost: false })]);
    expect(client.destroyed || client.closed).toBe(false);
  });

  test("when a peer with an open call gives no sign of life then its call ends", async () => {
    limits = { livenessIntervalMs: 50 };
    const socket = await open();
    socket.write(Buffer.concat([Buffer.from(PREFACE), SETTINGS, HEADERS]));
    await closed(socket);
    expect(started).toBe(1);
    while (closes.length === 0) await new Promise(setImmediate);
    expect(closes).toEqual([expect.objectContaining({ connectionLost: true })]);
  });

  test("when a peer breaks off in the middle of everything then nothing is left", async () => {
    const socket = await open();
    socket.write(Buffer.concat([Buffer.from(PREFACE), SETTINGS, Buffer.from([0, 0, 50, 1])]));
    await new Promise(setImmediate);
    socket.resetAndDestroy();
    const client = foreign();
    onStream = (stream) => stream.sendHeaders({ ":status": "204" }, true);
    const status = await new Promise((resolve) => {
      client.request({ ":path": "/" }).on("response", (headers) => resolve(headers[":status"]));
    });
    expect(status).toBe(204);
  });

  test("when a peer opens and resets streams in a hurry then it is cut off after few of them", async () => {
    const client = foreign();
    const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
    await new Promise((resolve) => client.once("remoteSettings", resolve));
    const flood = () => {
      for (let i = 0; i < 100 && !client.destroyed && !client.closed; i++) {
        const stream = client.request({ ":method": "POST", ":path": "/" }, { endStream: false });
        stream.on("error", () => {});
        stream.close(constants.NGHTTP2_CANCEL);
      }
      if (!client.destroyed && !client.closed) setTimeout(flood, 5);
    };
    flood();
    await gone;
    expect(started).toBeLessThanOrEqual(700);
  });

  test("when a peer cancels many of far more calls then it may go on", async () => {
    limits = { maxResetsPerSecond: 10 };
    onStream = (stream) => stream.sendHeaders({ ":status": "200" }, true);
    const client = foreign();
    for (let i = 0; i < 60; i++) {
      const stream = client.request({ ":method": "POST", ":path": "/" }, { endStream: i % 3 !== 0 });
      stream.on("error", () => {});
      if (i % 3 === 0) stream.close(constants.NGHTTP2_CANCEL);
      else
        await new Promise((resolve) => {
          stream.resume().on("close", resolve);
        });
    }
    expect(client.destroyed || client.closed).toBe(false);
  });

  test("when a header block exceeds 16 KiB then the call never starts", async () => {
    const client = foreign();
    await new Promise((resolve) => client.once("remoteSettings", resolve));
    const stream = client.request({ ":path": "/", "x-large": "x".repeat(20_000) });
    stream.on("error", () => {});
    await new Promise((resolve) => stream.resume().once("close", resolve));
    expect(started).toBe(0);
  });

  test("when more streams are open than allowed then the rest waits or is refused", async () => {
    limits = { maxConcurrentStreams: 5 };
    const client = foreign();
    await new Promise((resolve) => client.once("remoteSettings", resolve));
    for (let i = 0; i < 20; i++) client.request({ ":method": "POST", ":path": "/" }).on("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(started).toBe(5);
  });
});
