import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { encodeBytes } from "../../../src/generator/live/encode-files.ts";
import { parseSource, type ReadSourceOptions, readSource } from "../../../src/generator/live/index.ts";
import { ServerReflectionResponse } from "../../../src/runtime/debug/gen/grpc/reflection/v1/reflection.ts";
import { FileDescriptorProto, FileDescriptorSet } from "../../../src/runtime/protobuf/descriptor.ts";
import type { MessageInit } from "../../../src/runtime/protobuf/index.ts";
import { descriptorsOf, type Served, serve } from "../../runtime/debug/served.ts";
import { type Authority, createAuthority } from "../../support/certificates.ts";
import { createFolder } from "../project/folder.ts";
import { frame, grpcHeaders, http2Server } from "./http2-server.ts";

const read = (from: string, options: Partial<ReadSourceOptions> = {}) =>
  readSource(parseSource(from), { cwd: "/", folder: "/", env: {}, timeoutMs: 5_000, ...options });

type Answer = NonNullable<MessageInit<ServerReflectionResponse>["messageResponse"]>;
const encoded = (messageResponse: Answer) => frame(ServerReflectionResponse.encode({ messageResponse }));
const lists = (...names: string[]): Answer => ({
  case: "listServicesResponse",
  value: { service: names.map((name) => ({ name })) },
});
const sends = (...fileDescriptorProto: Uint8Array[]): Answer => ({
  case: "fileDescriptorResponse",
  value: { fileDescriptorProto },
});

/** A server that gives the n-th answer to the n-th question. */
const answering = (answer: (index: number) => Answer | Buffer) =>
  http2Server((stream) => {
    stream.respond(grpcHeaders);
    let asked = 0;
    stream.on("data", () => {
      const given = answer(asked++);
      stream.write(Buffer.isBuffer(given) ? given : encoded(given));
    });
  });

let served: Served | undefined;
afterEach(async () => {
  await served?.stop();
  served = undefined;
});

describe("a service of ours is asked", () => {
  test("when it has more files than its services need then those are left", async () => {
    served = await serve({ files: ["well-known/well_known.proto", "greeter/greeter.proto"] });
    const { services, descriptorSet } = await read(`grpc://${served.address}`);
    expect(services).toEqual(["greeter.Greeter"]);
    const alone = await descriptorsOf(["greeter/greeter.proto"]);
    expect(FileDescriptorSet.decode(descriptorSet)).toEqual(FileDescriptorSet.decode(alone));
  });

  test("when reflection is off then the answer says what else can be done", async () => {
    served = await serve({ reflection: false });
    await expect(read(`grpc://${served.address}`)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringMatching(/has no gRPC reflection.*--descriptor_set_out/),
    });
  });

  test("when a service is asked for that it does not have then those it has are named", async () => {
    served = await serve({ files: ["greeter/greeter.proto"] });
    await expect(read(`grpc://${served.address}`, { only: ["greeter.Nope"] })).rejects.toMatchObject({
      reason: "usage",
      message: expect.stringMatching(/has no service greeter.Nope; it has greeter.Greeter\.$/),
    });
  });

  test("when only v1alpha is there then it is asked that way", async () => {
    const set = FileDescriptorSet.decode(await descriptorsOf(["greeter/greeter.proto"]));
    const file = FileDescriptorProto.encode(set.file[0] as FileDescriptorProto);
    const paths: string[] = [];
    const from = await http2Server((stream, path) => {
      paths.push(path);
      if (path.includes(".v1.")) {
        stream.respond({ ...grpcHeaders, "grpc-status": "12" }, { endStream: true });
        return;
      }
      stream.respond(grpcHeaders);
      let asked = 0;
      stream.on("data", () => stream.write(encoded(asked++ === 0 ? lists("greeter.Greeter") : sends(file))));
    });
    expect((await read(from)).services).toEqual(["greeter.Greeter"]);
    expect(paths.map((path) => path.split(".")[2])).toEqual(["v1", "v1alpha"]);
  });
});

function nested(field: number, inner: Buffer): Buffer {
  return Buffer.from(encodeBytes(field, inner));
}

describe("a server that speaks TLS is asked", () => {
  async function tlsServer(authority: Authority, address: string): Promise<string> {
    const { certFile, keyFile } = authority.issue("server", { addresses: [address] });
    const server = createSecureServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
    server.on("stream", (stream) =>
      stream.respond({ ...grpcHeaders, "grpc-status": "12" }, { endStream: true }),
    );
    server.on("session", (session) => onTestFinished(() => session.destroy()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `grpcs://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("when its authority is known then it is, else the certificate is refused", async () => {
    const authority = createAuthority((await createFolder()).path);
    const env = { MICRO_CLIENT_TLS_CA_FILE: authority.caFile };
    const from = await tlsServer(authority, "127.0.0.1");
    await expect(read(from, { env })).rejects.toThrow("has no gRPC reflection");
    await expect(read(from)).rejects.toMatchObject({
      reason: "unreachable",
      message: expect.stringMatching(/certificate/),
    });
    await expect(read(await tlsServer(authority, "127.0.0.2"), { env })).rejects.toThrow(/not in the cert/);
    await expect(read(from, { env: { MICRO_CLIENT_TLS_CA_FILE: "/nowhere" } })).rejects.toMatchObject({
      reason: "usage",
    });
  });
});

describe("who answers may be anybody", () => {
  async function tcpServer(text: string | undefined): Promise<string> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      if (text !== undefined) socket.end(text);
      onTestFinished(() => void socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("when nobody listens then that is said", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(read(`grpc://127.0.0.1:${port}`)).rejects.toMatchObject({
      reason: "unreachable",
      message: `Cannot reach grpc://127.0.0.1:${port}: nothing listens there.`,
    });
  });

  test("when it says nothing then the wait is bounded", async () => {
    await expect(read(await tcpServer(undefined), { timeoutMs: 200 })).rejects.toThrow(
      "takes too long to tell its schema",
    );
  });

  test("when it speaks HTTP/1.1 then that is said", async () => {
    const from = await tcpServer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    await expect(read(from)).rejects.toThrow("does not speak HTTP/2");
  });

  test("when it is a web server then that is said", async () => {
    const from = await http2Server((stream) => {
      stream.respond({ ":status": 404, "content-type": "text/html" });
      stream.end("<html>");
    });
    await expect(read(from)).rejects.toThrow(
      "is no gRPC server: it answers with status 404 and type text/html",
    );
  });

  test.each<[string, (Answer | Buffer)[], string]>([
    ["a message of 4 GiB", [Buffer.from([0, 255, 255, 255, 255])], "wants to send 4294967295 bytes"],
    ["compressed messages", [frame(Buffer.from("x"), 1)], "compresses although nobody asked"],
    ["no message", [frame(Buffer.from([255, 255]))], "answers its reflection with something else"],
    ["an empty answer", [frame(Buffer.alloc(0))], "answers its reflection with something else"],
    ["no services", [lists()], "has no services to make a client of"],
    ["gRPC's own services only", [lists("grpc.health.v1.Health")], "has no services"],
    [
      "too many services",
      [lists(...Array.from({ length: 1_001 }, (_, i) => `a.S${i}`))],
      "more than 1000 services",
    ],
    ["files when services are asked", [sends()], "does not list its services"],
    ["services when files are asked", [lists("a.S"), lists("a.S")], "cannot describe the service a.S"],
    [
      "an error for its own service",
      [lists("a.S"), { case: "errorResponse", value: { errorCode: 5, errorMessage: "no" } }],
      "cannot describe the service a.S: no (5)",
    ],
    ["files that are none", [lists("a.S"), sends(Buffer.from([255]))], "a schema that is no descriptor"],
  ])("when it sends %s then it is refused", async (_name, answers, message) => {
    await expect(read(await answering((index) => answers[index] as Answer))).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining(message),
    });
  });

  test("when imports never end then it is refused", async () => {
    const name = (index: number) => `f${index}.proto`;
    const file = (index: number) =>
      FileDescriptorProto.encode({ name: name(index), dependency: [name(index + 1)] });
    const from = await answering((index) => (index === 0 ? lists("a.S") : sends(file(index))));
    await expect(read(from)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining("out of all proportion: more than 16 MiB, 2000 files"),
    });
  });

  test.each<[string, () => Buffer]>([
    ["megabytes of empty messages", () => Buffer.alloc(8_000_000, Buffer.from([34, 0]))],
    ["megabytes of empty options", () => nested(8, Buffer.alloc(8_000_000, Buffer.from([34, 0])))],
    ["fields by the hundred thousand", () => nested(4, Buffer.alloc(1_000_000, Buffer.from([18, 0])))],
    ["values by the hundred thousand", () => nested(5, Buffer.alloc(1_000_000, Buffer.from([18, 0])))],
    [
      "messages in messages in messages",
      () => {
        const inner = Array.from({ length: 9_000 }).reduce(
          (file: Buffer) => nested(3, file),
          Buffer.alloc(0),
        );
        return nested(4, inner);
      },
    ],
  ])("when its schema holds %s then it is refused before it is understood", async (_what, file) => {
    const bytes = file();
    const from = await answering((index) => (index === 0 ? lists("a.S") : sends(bytes)));
    const before = process.memoryUsage.rss();
    await expect(read(from)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringMatching(/out of all proportion|nested too deep|ends in the middle/),
    });
    // Of what it sent, nothing but its bytes was kept.
    expect(process.memoryUsage.rss() - before).toBeLessThan(300_000_000);
  });

  test("when it sends without being asked then it is cut off", async () => {
    let isCutOff = () => {};
    const cutOff = new Promise<void>((resolve) => {
      isCutOff = resolve;
    });
    const from = await http2Server((stream) => {
      stream.respond(grpcHeaders);
      stream.on("close", isCutOff);
      const chunk = Buffer.alloc(1024 * 1024);
      const pour = () => {
        while (!stream.destroyed && stream.write(chunk));
      };
      stream.on("drain", pour);
      stream.write(Buffer.from([0, 0, 255, 255, 255]));
      pour();
    });
    await expect(read(from)).rejects.toMatchObject({ reason: "refused" });
    await cutOff;
  });

  test("when it ends with a status then that is said", async () => {
    const from = await http2Server((stream) => {
      stream.respond(grpcHeaders, { waitForTrailers: true });
      stream.on("wantTrailers", () =>
        stream.sendTrailers({ "grpc-status": "16", "grpc-message": "who%20are you" }),
      );
      stream.end();
    });
    await expect(read(from)).rejects.toThrow("ends its reflection with gRPC status 16: who are you.");
  });

  test("when the user interrupts then it ends at once", async () => {
    const from = await http2Server((stream) => stream.respond(grpcHeaders));
    const abort = new AbortController();
    const reading = read(from, { signal: abort.signal });
    abort.abort();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});
