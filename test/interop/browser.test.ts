import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../src/generator/index.ts";
import { MicroError } from "../../src/runtime/errors/index.ts";
import { errorDetail, type MessageType } from "../../src/runtime/protobuf/index.ts";
import { createServer, type Handler, type Server } from "../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../src/runtime/transport/index.ts";
import * as everything from "../fixtures/everything/expected/everything.ts";
import { Greeter, type GreeterMethods } from "../fixtures/greeter/expected/greeter.service.ts";
import { HelloRequest } from "../fixtures/greeter/expected/greeter.ts";
import { createRandom, randomMessage } from "../generator/emit/random-message.ts";

const root = new URL("../../", import.meta.url);
const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
const missing = chromium === undefined ? "there is no Chromium" : undefined;

/** What a page needs to find packages by their names. */
function importMap(): string {
  const imports: Record<string, string> = {};
  for (const name of ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-web"]) {
    const home = `node_modules/${name}/`;
    const { exports } = JSON.parse(readFileSync(new URL(`${home}package.json`, root), "utf8")) as {
      exports: Record<string, { import?: string }>;
    };
    for (const [path, entry] of Object.entries(exports)) {
      if (entry.import !== undefined) imports[name + path.slice(1)] = `/${home}${entry.import.slice(2)}`;
    }
  }
  return JSON.stringify({ imports });
}

/** A module with all it imports, as a bundler gives it to browsers. */
async function bundled(input: string): Promise<string> {
  await using bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm" });
  return output[0].code;
}

/** Messages of every kind of field: type and hexadecimal bytes. */
async function messagesOfAllKinds(): Promise<[typeName: string, hex: string][]> {
  const schema = await loadSchema({
    files: ["everything.proto"],
    cwd: fileURLToPath(new URL("test/fixtures/everything", root)),
  });
  const random = createRandom(11);
  return Object.values(everything).flatMap((type) => {
    if (!("typeName" in type)) return [];
    const encode = type.encode as (message: object) => Uint8Array;
    return Array.from({ length: 20 }, (): [string, string] => {
      const message = randomMessage(schema, type.typeName, random);
      return [type.typeName, Buffer.from(encode(message)).toString("hex")];
    });
  });
}

/** Transport -> check -> what it heard. */
type Results = Record<string, Record<string, unknown>>;

const aborted: string[] = [];
const handler: Handler<GreeterMethods> = {
  hello({ name }, context) {
    if (name === "nobody") {
      const details = [errorDetail(HelloRequest, { name: "somebody" })];
      throw new MicroError({ id: "greeter", code: 404, detail: "nobody – is here", details });
    }
    context.responseHeader.set("greeting", context.metadata.get("echo") ?? "none");
    context.responseTrailer.set("cost", "1");
    return { msg: `Hello ${name} by ${context.peer.protocol}` };
  },
  async *count({ name, times }, context) {
    context.signal.addEventListener("abort", () => aborted.push(name));
    for (let i = 1; i <= times; i++) {
      yield { msg: `${name} ${i}` };
      if (times > 100) await new Promise(setImmediate);
    }
  },
  gather: () => expect.fail("browsers cannot stream requests"),
  chat: () => expect.fail("browsers cannot stream requests"),
};

describe.skipIf(missing !== undefined)(
  `connect-web in Chromium calls our server${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let server: Server;
    let pages: HttpServer;
    let browser: ChildProcess;
    let profile: string;
    let results: Results;
    let messages: [typeName: string, hex: string][];

    beforeAll(async () => {
      const cwd = fileURLToPath(new URL("test/fixtures/greeter", root));
      const { descriptorSet } = await loadSchema({ files: ["greeter.proto"], cwd });
      messages = await messagesOfAllKinds();
      const own = await bundled(fileURLToPath(new URL("browser/own-messages.js", import.meta.url)));
      const page = `<script type="importmap">${importMap()}</script><script type="module" src="/page.js"></script>`;
      let told: (results: Results) => void = () => {};
      const done = new Promise<Results>((resolve) => {
        told = resolve;
      });
      pages = createHttpServer(async (request, response) => {
        const path = (request.url ?? "").split("?", 1)[0] as string;
        const send = (type: string, body: string | Uint8Array) =>
          response.writeHead(200, { "content-type": type }).end(body);
        if (path === "/") send("text/html", page);
        else if (path === "/schema") send("application/octet-stream", descriptorSet);
        else if (path === "/own-messages.js") send("text/javascript", own);
        else if (path === "/messages") send("application/json", JSON.stringify(messages));
        else if (path === "/results") {
          const chunks: Buffer[] = [];
          for await (const chunk of request) chunks.push(chunk as Buffer);
          told(JSON.parse(Buffer.concat(chunks).toString()) as Results);
          response.end();
        } else if (path === "/page.js") {
          send("text/javascript", await readFile(new URL("browser/page.js", import.meta.url)));
        } else if (/^\/node_modules\/@(?:bufbuild|connectrpc)\/[\w./-]+\.js$/.test(path)) {
          send("text/javascript", await readFile(new URL(path.slice(1), root)));
        } else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
      const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
      const transport = createTcpTransport();
      server = createServer({
        name: "greeter",
        address: "127.0.0.1:0",
        transport,
        cors: { origins: [origin] },
      });
      server.handle(Greeter, handler);
      await server.start();
      profile = await mkdtemp(join(tmpdir(), "chromium-"));
      browser = spawn(
        chromium as string,
        [
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-background-networking",
          "--no-first-run",
          `--user-data-dir=${profile}`,
          `${origin}/?server=http://${server.address}`,
        ],
        { stdio: "ignore" },
      );
      const failed = new Promise<never>((_, reject) => {
        browser.once("exit", (code) => reject(new Error(`Chromium ended with ${code}`)));
      });
      results = await Promise.race([done, failed]);
    }, 120_000);

    afterAll(async () => {
      browser?.removeAllListeners("exit");
      browser?.kill();
      pages?.close();
      await server?.stop({ graceMs: 0 });
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });

    test.each([
      ["connect", "connect"],
      ["connect in protobuf", "connect"],
      ["connect by GET", "connect"],
      ["grpc-web", "grpc-web"],
      ["grpc-web in JSON", "grpc-web"],
    ])("when a page of another origin calls by %s then everything arrives", (transport, protocol) => {
      expect(results[transport]).toEqual({
        unary: { msg: `Hello Ada by ${protocol}`, header: "ping", trailer: "1" },
        error: { code: "NotFound", message: "nobody – is here", details: ["greeter.HelloRequest"] },
        stream: ["n 1", "n 2", "n 3"],
        cancel: "Canceled",
        deadline: "DeadlineExceeded",
      });
    });

    test("when a page uses our generated messages then bytes and texts are the same as in Node", () => {
      const types = new Map(
        Object.values(everything).map((type) => ["typeName" in type ? type.typeName : "", type]),
      );
      const here = messages.map(([typeName, hex]) => {
        const type = types.get(typeName) as MessageType<object>;
        const text = type.toJsonString(type.decode(Buffer.from(hex, "hex")));
        return [text, hex, Buffer.from(type.encode(type.fromJsonString(text))).toString("hex")];
      });
      expect(here.length).toBeGreaterThan(100);
      expect(results["own messages"]?.forms).toEqual(here);
    });

    test("when a page calls with our messages and fetch alone then it is answered", () => {
      expect(results["own messages"]?.hello).toEqual(["Hello Grüße by connect", "Hello Grüße by json"]);
    });

    test("when a page gives a stream up then the handler hears of it", async () => {
      await expect.poll(() => aborted.filter((name) => name === "cancelled").length).toBe(5);
      await expect.poll(() => aborted.filter((name) => name === "late").length).toBe(5);
    });
  },
);
