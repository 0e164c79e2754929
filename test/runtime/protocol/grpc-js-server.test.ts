import {
  Metadata as ForeignMetadata,
  Server as ForeignServer,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  ServerCredentials,
} from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CallOptions, type Client, createClient } from "../../../src/runtime/client/index.ts";
import type { MicroError } from "../../../src/runtime/errors/index.ts";
import type { Metadata } from "../../../src/runtime/metadata/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, type Hello, hellos, namesOf } from "./greeter.ts";

const wire = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/greeter.Greeter/${path}`,
  requestStream,
  responseStream,
  requestSerialize: (message: Hello) => Buffer.from(JSON.stringify(message)),
  requestDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()) as Hello,
  responseSerialize: (message: Hello) => Buffer.from(JSON.stringify(message)),
  responseDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()) as Hello,
});

const DEFINITION = {
  hello: wire("Hello", false, false),
  fail: wire("Fail", false, false),
  hang: wire("Hang", false, false),
  count: wire("Count", false, true),
  forever: wire("Forever", false, true),
  join: wire("Join", true, false),
  chat: wire("Chat", true, true),
};

describe("our client calls a grpc-js server", () => {
  const methods = Greeter.methods;
  let server: ForeignServer;
  let client: Client;
  let at: CallOptions;
  let cancelled: Promise<void>;
  let sent = 0;

  beforeEach(async () => {
    server = new ForeignServer();
    let noteCancelled: () => void;
    cancelled = new Promise((resolve) => {
      noteCancelled = resolve;
    });
    const hello: handleUnaryCall<Hello, Hello> = (call, answer) => {
      const header = new ForeignMetadata();
      header.set("echo-header", call.metadata.get("echo")[0] ?? "none");
      call.sendMetadata(header);
      const trailer = new ForeignMetadata();
      trailer.set("left-ms", String(Number(call.getDeadline()) - Date.now()));
      answer(null, { name: `Hello ${call.request.name}` }, trailer);
    };
    const fail: handleUnaryCall<Hello, Hello> = (call, answer) => {
      answer({ code: Number(call.request.name), details: "né 100%" });
    };
    const hang: handleUnaryCall<Hello, Hello> = (call) => {
      call.on("cancelled", () => noteCancelled());
    };
    const count: handleServerStreamingCall<Hello, Hello> = (call) => {
      for (let i = 1; i <= Number(call.request.name); i++) call.write({ name: String(i) });
      call.end();
    };
    const forever: handleServerStreamingCall<Hello, Hello> = (call) => {
      call.on("cancelled", () => noteCancelled());
      const more = () => {
        while (!call.cancelled) {
          sent += 1;
          if (!call.write(call.request)) return call.once("drain", more);
        }
      };
      more();
    };
    const join: handleClientStreamingCall<Hello, Hello> = (call, answer) => {
      const names: string[] = [];
      call.on("data", ({ name }: Hello) => names.push(name));
      call.on("end", () => answer(null, { name: names.join("+") }));
    };
    const chat: handleBidiStreamingCall<Hello, Hello> = (call) => {
      call.on("data", ({ name }: Hello) => {
        if (name === "bye") call.end();
        else call.write({ name: `you said ${name}` });
      });
      call.on("end", () => call.end());
    };
    server.addService(DEFINITION, { hello, fail, hang, count, forever, join, chat });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    at = { address: `127.0.0.1:${port}` };
    client = createClient({ transport: createTcpTransport() });
    sent = 0;
  });

  afterEach(async () => {
    await client.close();
    server.forceShutdown();
  });

  test("when a unary method is called then answer, header, trailer and deadline pass", async () => {
    let header: Metadata | undefined;
    let trailer: Metadata | undefined;
    const options = {
      ...at,
      timeoutMs: 3000,
      metadata: { echo: "ping" },
      onHeader: (values: Metadata) => {
        header = values;
      },
      onTrailer: (values: Metadata) => {
        trailer = values;
      },
    };
    expect(await client.unary("s", methods.hello, { name: "Ada" }, options)).toEqual({ name: "Hello Ada" });
    expect(header?.get("echo-header")).toBe("ping");
    const left = Number(trailer?.get("left-ms"));
    expect(left).toBeGreaterThan(1000);
    expect(left).toBeLessThanOrEqual(3000);
  });

  test.each([
    [3, 400],
    [5, 404],
    [10, 409],
    [12, 501],
    [14, 503],
    [16, 401],
    [2, 500],
  ])("when the peer fails with status %i then the error is %i with its text", async (grpc, code) => {
    const error = (await client
      .unary("s", methods.fail, { name: String(grpc) }, at)
      .catch((reason) => reason)) as MicroError;
    expect(error.code).toBe(code);
    expect(error.grpc).toBe(grpc);
    expect(error.detail).toBe("né 100%");
  });

  test("when the peer has no such method then the error is 501", async () => {
    const method = { ...methods.hello, name: "Nope" };
    await expect(client.unary("s", method, {}, at)).rejects.toMatchObject({ code: 501 });
  });

  test("when the caller gives up then the peer is cancelled", async () => {
    const controller = new AbortController();
    const call = client.unary("s", methods.hang, {}, { ...at, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toMatchObject({ code: 499 });
    await cancelled;
  });

  test("when a message is 3 MiB then it passes both ways", async () => {
    const name = "x".repeat(3 * 1024 * 1024);
    expect((await client.unary("s", methods.hello, { name }, at)).name).toHaveLength(name.length + 6);
  });

  test("when the answer is larger than 4 MiB then the call fails with 429", async () => {
    const call = client.serverStream("s", methods.forever, { name: "x".repeat(4_194_280) }, at);
    await client.unary("s", methods.hello, { name: "warm" }, at);
    const small = createClient({ transport: createTcpTransport(), maxMessageBytes: 1000 });
    try {
      await expect(small.unary("s", methods.hello, { name: "x".repeat(2000) }, at)).rejects.toMatchObject({
        code: 429,
      });
    } finally {
      await small.close();
    }
    for await (const _ of call) break;
    await cancelled;
  });

  test("when the peer streams then all messages come", async () => {
    const names = await namesOf(client.serverStream("s", methods.count, { name: "500" }, at));
    expect(names).toHaveLength(500);
  });

  test("when we stream then the one answer comes", async () => {
    expect(await client.clientStream("s", methods.join, hellos("a", "b"), at)).toEqual({ name: "a+b" });
  });

  test("when both stream then both are heard", async () => {
    const heard = await namesOf(client.bidiStream("s", methods.chat, hellos("a", "b", "bye"), at));
    expect(heard).toEqual(["you said a", "you said b"]);
  });

  test("when we leave a stream early then the peer is cancelled", async () => {
    for await (const _ of client.serverStream("s", methods.forever, { name: "x" }, at)) break;
    await cancelled;
  });

  test("when we do not read then the peer is held back", async () => {
    const stream = client
      .serverStream("s", methods.forever, { name: "y".repeat(100_000) }, at)
      [Symbol.asyncIterator]();
    await stream.next();
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(sent).toBeLessThan(100);
    await stream.return?.();
    await cancelled;
  });

  test("when the peer says goodbye then the next call dials anew", async () => {
    await client.unary("s", methods.hello, { name: "one" }, at);
    const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    await drained;
    await expect(client.unary("s", methods.hello, { name: "two" }, at)).rejects.toMatchObject({ code: 503 });
  });
});
