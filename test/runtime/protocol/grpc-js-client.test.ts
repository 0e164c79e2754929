import {
  credentials,
  Client as ForeignClient,
  Metadata as ForeignMetadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, type Hello } from "./greeter.ts";

const toBytes = (message: Hello) => Buffer.from(JSON.stringify(message));
const fromBytes = (bytes: Buffer) => JSON.parse(bytes.toString()) as Hello;

describe("grpc-js calls our server", () => {
  let server: Server;
  let handler: GreeterHandler;
  let client: ForeignClient;

  beforeEach(async () => {
    handler = new GreeterHandler();
    server = createServer({
      name: "go.micro.srv.greeter",
      address: "127.0.0.1:0",
      transport: createTcpTransport(),
      logger: { error() {} },
    });
    server.handle(Greeter, handler);
    await server.start();
    client = new ForeignClient(server.address as string, credentials.createInsecure());
  });

  afterEach(async () => {
    client.close();
    await server.stop({ graceMs: 0 });
  });

  interface Answer {
    readonly error: ServiceError | null;
    readonly message: Hello | undefined;
    readonly header: ForeignMetadata;
    readonly trailer: ForeignMetadata;
  }

  function unary(
    method: string,
    request: Hello,
    metadata = new ForeignMetadata(),
    options: { deadline?: number } = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      let header = new ForeignMetadata();
      let trailer = new ForeignMetadata();
      let answer: Pick<Answer, "error" | "message"> | undefined;
      const call = client.makeUnaryRequest(
        `/greeter.Greeter/${method}`,
        toBytes,
        fromBytes,
        request,
        metadata,
        options,
        (error, message) => {
          answer = { error, message };
        },
      );
      call.on("metadata", (values) => {
        header = values;
      });
      call.on("status", (status) => {
        trailer = status.metadata;
        setImmediate(() => resolve({ error: null, message: undefined, ...answer, header, trailer }));
      });
    });
  }

  test("when it calls a unary method then the answer, header and trailer come back", async () => {
    const metadata = new ForeignMetadata();
    metadata.set("echo", "ping");
    metadata.set("photo-bin", Buffer.from([1, 2, 3]));
    const answer = await unary("Hello", { name: "Ada" }, metadata);
    expect(answer.error).toBeNull();
    expect(answer.message).toEqual({ name: "Hello Ada" });
    expect(answer.header.get("echo-header")).toEqual(["ping"]);
    expect(answer.trailer.get("echo-trailer")).toEqual(["ping"]);
    expect(handler.contexts[0]?.metadata.getBinary("photo-bin")).toEqual(Buffer.from([1, 2, 3]));
    expect(handler.contexts[0]?.metadata.has("user-agent")).toBe(false);
  });

  test("when the handler throws a MicroError then status and readable message arrive", async () => {
    const { error } = await unary("Fail", { name: "entry" });
    expect(error?.code).toBe(3);
    expect(error?.details).toBe("no entry – sorry 100%");
  });

  test("when the caller is go-micro then the message is Micro's error JSON", async () => {
    const metadata = new ForeignMetadata();
    metadata.set("x-content-type", "application/grpc+proto");
    const { error } = await unary("Fail", { name: "entry" }, metadata);
    expect(JSON.parse(error?.details ?? "")).toEqual({
      id: "go.micro.srv.greeter",
      code: 400,
      detail: "no entry – sorry 100%",
      status: "Bad Request",
    });
    expect(handler.contexts).toHaveLength(0);
  });

  test("when the handler throws anything else then the peer learns nothing private", async () => {
    const { error } = await unary("Crash", { name: "" });
    expect(error?.code).toBe(13);
    expect(error?.details).toMatch(/^internal error \([0-9a-f]{8}\)$/);
  });

  test("when service or method is unknown then it is UNIMPLEMENTED", async () => {
    const { error } = await unary("Nope", { name: "" });
    expect(error?.code).toBe(12);
  });

  test("when its deadline passes then the handler's signal aborts", async () => {
    const { error } = await unary("Hang", { name: "" }, undefined, { deadline: Date.now() + 100 });
    expect(error?.code).toBe(4);
    await Promise.race([handler.logged("hang aborted: 408"), handler.logged("hang aborted: 499")]);
  });

  test("when only go-micro's timeout is sent then it becomes the deadline", async () => {
    const metadata = new ForeignMetadata();
    metadata.set("timeout", "60000000000");
    await unary("Hello", { name: "" }, metadata);
    const left = (handler.contexts[0]?.deadline ?? 0) - Date.now();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect(handler.contexts[0]?.metadata.has("timeout")).toBe(false);
  });

  test("when it cancels then the handler's signal aborts", async () => {
    const call = client.makeUnaryRequest("/greeter.Greeter/Hang", toBytes, fromBytes, { name: "" }, () => {});
    await handler.logged("hang started");
    call.cancel();
    await handler.logged("hang aborted: 499");
  });

  test("when a message is larger than 4 MiB then it is RESOURCE_EXHAUSTED", async () => {
    const { error } = await unary("Hello", { name: "x".repeat(4 * 1024 * 1024) });
    expect(error?.code).toBe(8);
    expect(error?.details).toContain("4194304");
  });

  test("when a message is compressed with gzip then it is understood", async () => {
    const zipping = new ForeignClient(server.address as string, credentials.createInsecure(), {
      "grpc.default_compression_algorithm": 2,
    });
    try {
      const message = await new Promise<Hello | undefined>((resolve, reject) => {
        zipping.makeUnaryRequest(
          "/greeter.Greeter/Hello",
          toBytes,
          fromBytes,
          { name: "zip".repeat(1000) },
          (error, answer) => (error ? reject(error) : resolve(answer)),
        );
      });
      expect(message?.name).toBe(`Hello ${"zip".repeat(1000)}`);
    } finally {
      zipping.close();
    }
  });

  test("when a small message inflates beyond the limit then it is RESOURCE_EXHAUSTED", async () => {
    const zipping = new ForeignClient(server.address as string, credentials.createInsecure(), {
      "grpc.default_compression_algorithm": 2,
    });
    try {
      const error = await new Promise<ServiceError | null>((resolve) => {
        zipping.makeUnaryRequest(
          "/greeter.Greeter/Hello",
          toBytes,
          fromBytes,
          { name: "0".repeat(8 * 1024 * 1024) },
          resolve,
        );
      });
      expect(error?.code).toBe(8);
    } finally {
      zipping.close();
    }
  });

  test("when a compression is unknown then it is UNIMPLEMENTED", async () => {
    const deflating = new ForeignClient(server.address as string, credentials.createInsecure(), {
      "grpc.default_compression_algorithm": 1,
    });
    try {
      const error = await new Promise<ServiceError | null>((resolve) => {
        deflating.makeUnaryRequest("/greeter.Greeter/Hello", toBytes, fromBytes, { name: "x" }, resolve);
      });
      expect(error?.code).toBe(12);
      expect(String(error?.metadata.get("grpc-accept-encoding"))).toMatch(/^identity,gzip,/);
    } finally {
      deflating.close();
    }
  });

  test("when a server streams then all messages come", async () => {
    const call = client.makeServerStreamRequest("/greeter.Greeter/Count", toBytes, fromBytes, {
      name: "100",
    });
    const names: string[] = [];
    for await (const { name } of call) names.push(name);
    expect(names).toHaveLength(100);
    expect(names.at(-1)).toBe("100");
  });

  test("when it streams as go-micro does, without half-closing, then a server-streaming handler starts all the same", async () => {
    const metadata = new ForeignMetadata();
    metadata.set("x-content-type", "application/grpc+proto");
    const call = client.makeBidiStreamRequest("/greeter.Greeter/Count", toBytes, fromBytes, metadata);
    call.write({ name: "3" });
    const names: string[] = [];
    for await (const { name } of call) names.push(name);
    expect(names).toEqual(["1", "2", "3"]);
  });

  test("when it streams then the one answer comes", async () => {
    const answer = await new Promise<Hello | undefined>((resolve, reject) => {
      const call = client.makeClientStreamRequest(
        "/greeter.Greeter/Join",
        toBytes,
        fromBytes,
        (error, message) => (error ? reject(error) : resolve(message)),
      );
      for (const name of ["a", "b", "c"]) call.write({ name });
      call.end();
    });
    expect(answer).toEqual({ name: "a+b+c" });
  });

  test("when both stream and it cancels then the handler ends and nothing is logged as failure", async () => {
    const call = client.makeBidiStreamRequest("/greeter.Greeter/Chat", toBytes, fromBytes);
    const ended = new Promise<ServiceError>((resolve) => call.on("error", resolve));
    call.write({ name: "hi" });
    const first = await new Promise((resolve) => call.once("data", resolve));
    expect(first).toEqual({ name: "you said hi" });
    call.cancel();
    expect((await ended).code).toBe(1);
    await handler.logged("chat over");
  });

  test("when it reads slowly then the handler is held back", async () => {
    const call = client.makeServerStreamRequest("/greeter.Greeter/Forever", toBytes, fromBytes, {
      name: "y".repeat(100_000),
    });
    await new Promise((resolve) => call.once("readable", resolve));
    let before = -1;
    while (before !== handler.forwarded) {
      before = handler.forwarded;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(handler.forwarded).toBeLessThan(100);
    call.on("error", () => {});
    call.cancel();
    await handler.logged("forever aborted");
  });

  test("when the server stops then a running call finishes and later ones are UNAVAILABLE", async () => {
    const stream = client.makeBidiStreamRequest("/greeter.Greeter/Chat", toBytes, fromBytes);
    stream.write({ name: "hi" });
    await new Promise((resolve) => stream.once("data", resolve));
    const stopped = server.stop({ graceMs: 5000 });
    stream.write({ name: "still here" });
    expect(await new Promise((resolve) => stream.once("data", resolve))).toEqual({
      name: "you said still here",
    });
    stream.end();
    await stopped;
    const { error } = await unary("Hello", { name: "late" }, undefined, { deadline: Date.now() + 1000 });
    expect([14, 4]).toContain(error?.code);
  });
});
