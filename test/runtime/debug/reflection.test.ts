import { credentials, Client as ForeignClient, status } from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { ServerReflection } from "../../../src/runtime/debug/gen/grpc/reflection/v1/reflection.service.ts";
import {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from "../../../src/runtime/debug/gen/grpc/reflection/v1/reflection.ts";
import { FileDescriptorProto } from "../../../src/runtime/protobuf/descriptor.ts";
import type { MessageInit } from "../../../src/runtime/protobuf/index.ts";
import { name, type Served, type ServeOptions, serve } from "./served.ts";

type Question = NonNullable<MessageInit<ServerReflectionRequest>["messageRequest"]>;

let served: Served;
let client: ForeignClient;
afterEach(async () => {
  client?.close();
  await served?.stop();
});

async function start(options: ServeOptions = {}): Promise<void> {
  served = await serve({ files: ["greeter/greeter.proto"], ...options });
  client = new ForeignClient(served.address, credentials.createInsecure());
}

const open = (version: string) =>
  client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    (request: MessageInit<ServerReflectionRequest>) => Buffer.from(ServerReflectionRequest.encode(request)),
    (bytes: Buffer) => ServerReflectionResponse.decode(bytes),
  );

/** Asks one after the other on one stream. */
async function ask(questions: readonly Question[], version = "v1"): Promise<unknown[]> {
  const stream = open(version);
  const answers: unknown[] = [];
  for (const messageRequest of questions) stream.write({ host: "h", messageRequest });
  stream.end();
  for await (const { messageResponse } of stream as AsyncIterable<ServerReflectionResponse>) {
    answers.push(
      messageResponse?.case === "fileDescriptorResponse"
        ? messageResponse.value.fileDescriptorProto.map((bytes) => FileDescriptorProto.decode(bytes).name)
        : messageResponse?.value,
    );
  }
  return answers;
}

const list: Question = { case: "listServices", value: "" };
const symbol = (value: string): Question => ({ case: "fileContainingSymbol", value });
const file = (value: string): Question => ({ case: "fileByFilename", value });
const notFound = (what: string) => ({ errorCode: 5, errorMessage: `${name} knows no ${what}` });

const OWN = [
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];
const named = (...names: string[]) => ({ service: names.map((one) => ({ name: one })) });

describe("grpc-js asks for the schema", () => {
  test.each(["v1", "v1alpha"])(
    "when it lists services by %s then it hears all but Debug",
    async (version) => {
      await start();
      expect(await ask([list], version)).toEqual([named("greeter.Greeter", ...OWN)]);
    },
  );

  test.each([
    "greeter.Greeter",
    "greeter.Greeter.Hello",
    "greeter.HelloRequest",
    "greeter.HelloRequest.name",
  ])("when it asks for %s then it gets the file", async (what) => {
    await start();
    expect(await ask([symbol(what)])).toEqual([["greeter.proto"]]);
  });

  test.each(OWN)("when it asks for %s, which every service has, then it is described", async (what) => {
    await start();
    expect(await ask([symbol(what)])).toEqual([[expect.stringMatching(/^grpc\/.*\.proto$/)]]);
  });

  test("when a file has imports then they come with it, also those of other imports", async () => {
    await start({ files: ["well-known/well_known.proto"] });
    const [answer] = (await ask([file("well_known.proto")])) as [string[]];
    expect(answer[0]).toBe("well_known.proto");
    expect(answer).toContain("google/api/annotations.proto");
    expect(answer).toContain("google/api/http.proto");
    expect(new Set(answer).size).toBe(answer.length);
  });

  test("when it asks for extensions then file and numbers are told", async () => {
    await start({ files: ["extensions/extensions.proto"] });
    const extension = (extensionNumber: number): Question => ({
      case: "fileContainingExtension",
      value: { containingType: "test.extensions.Base", extensionNumber },
    });
    const numbers = (value: string): Question => ({ case: "allExtensionNumbersOfType", value });
    const [found, unknown, some, none, nobody] = await ask([
      extension(100),
      extension(99),
      numbers("test.extensions.Part"),
      numbers("test.extensions.Part.Nobody"),
      numbers("greeter.Nobody"),
    ]);
    expect((found as string[])[0]).toBe("extensions.proto");
    expect(unknown).toEqual(notFound("extension 99 of test.extensions.Base"));
    expect(some).toEqual({ baseTypeName: "test.extensions.Part", extensionNumber: [10] });
    expect(none).toEqual(notFound("type test.extensions.Part.Nobody"));
    expect(nobody).toEqual(notFound("type greeter.Nobody"));
  });

  test("when something is unknown then the stream goes on behind the error", async () => {
    await start();
    expect(
      await ask([symbol("greeter.Nope"), file("../../etc/passwd"), symbol("__proto__"), symbol(""), list]),
    ).toEqual([
      notFound("symbol greeter.Nope"),
      notFound("file ../../etc/passwd"),
      notFound("symbol __proto__"),
      notFound("symbol "),
      named("greeter.Greeter", ...OWN),
    ]);
  });

  test("when it asks for nothing at all then the stream ends with INVALID_ARGUMENT", async () => {
    await start();
    const stream = open("v1");
    stream.write({ host: "h" });
    const code = await new Promise((resolve) =>
      stream.on("error", (error: Error & { code: number }) => resolve(error.code)),
    );
    expect(code).toBe(status.INVALID_ARGUMENT);
  });

  test("when a stream stays open then the service stops all the same", async () => {
    await start({ graceMs: 60_000 });
    const stream = open("v1");
    const ended = new Promise((resolve) => stream.on("status", resolve));
    stream.write({ messageRequest: list });
    await new Promise((resolve) => stream.once("data", resolve));
    stream.resume();
    await served.service.stop();
    expect(await ended).toMatchObject({ code: status.OK });
  });
});

describe("what is told", () => {
  test("when the service has no schema then its services are listed and not described", async () => {
    served = await serve();
    client = new ForeignClient(served.address, credentials.createInsecure());
    expect(await ask([list, symbol("greeter.Greeter")])).toEqual([
      named("greeter.Greeter", ...OWN),
      notFound("symbol greeter.Greeter"),
    ]);
  });

  test.each([
    [{ reflection: false }],
    [{ args: ["--server_reflection", "off"] }],
    [{ env: { MICRO_SERVER_REFLECTION: "off" } }],
  ])("when it is switched off with %j then nothing is", async (options) => {
    await start(options);
    await expect(ask([list])).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  test("when the flag is neither on nor off then the service does not start", async () => {
    await expect(serve({ args: ["--server_reflection=no"] })).rejects.toThrow(
      '--server_reflection: "no" is not on or off; an example: off',
    );
  });

  test("when it is registered then the registry does not list it", async () => {
    await start();
    const [record] = await served.registry.getService(name);
    const endpoints = record?.endpoints.map((endpoint) => endpoint.name) ?? [];
    expect(endpoints.filter((endpoint) => !endpoint.startsWith("Greeter."))).toEqual([]);
  });

  test("when the application has a handler of its own then that one answers", async () => {
    await start({
      setup: ({ server }) => server.handle(ServerReflection, { async *serverReflectionInfo() {} }),
    });
    expect(await ask([list])).toEqual([]);
  });
});
