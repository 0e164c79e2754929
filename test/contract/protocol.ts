import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
} from "../../src/runtime/client/index.ts";
import { createContext, runInContext } from "../../src/runtime/context/index.ts";
import { MicroError } from "../../src/runtime/errors/index.ts";
import { Metadata } from "../../src/runtime/metadata/index.ts";
import { createServer, type Server, type ServerOptions } from "../../src/runtime/server/index.ts";
import { Greeter, GreeterHandler, hellos, namesOf } from "../runtime/protocol/greeter.ts";

export const SERVICE = "go.micro.srv.greeter";

/** One way from a client to a server, to be proven. */
export interface Wire {
  readonly name: string;
  readonly server: Partial<ServerOptions>;
  client(server: Server): Partial<ClientOptions>;
  /** How calls are steered to the server. */
  call(server: Server): CallOptions;
  /** Kinds this protocol cannot carry, with the reason. */
  readonly skipStreams?: string;
}

/** What every protocol promises to both ends of a call. */
export function protocolContract(wire: Wire): void {
  describe(`calls over ${wire.name}`, () => {
    const methods = Greeter.methods;
    let server: Server;
    let client: Client;
    let handler: GreeterHandler;
    let logged: string[];
    let at: CallOptions;

    beforeEach(async () => {
      handler = new GreeterHandler();
      logged = [];
      server = createServer({
        name: SERVICE,
        address: "127.0.0.1:0",
        logger: { error: (line) => logged.push(line) },
        ...wire.server,
      });
      server.handle(Greeter, handler);
      await server.start();
      client = createClient({ name: "go.micro.web.test", ...wire.client(server) });
      at = wire.call(server);
    });

    afterEach(async () => {
      await client.close();
      await server.stop({ graceMs: 0 });
    });

    const failure = async (work: Promise<unknown>): Promise<MicroError> => {
      const error = await work.then(
        () => expect.fail("the call succeeded"),
        (reason: unknown) => reason,
      );
      expect(MicroError.is(error), String(error)).toBe(true);
      return error as MicroError;
    };

    test("when a unary method is called then its answer comes back", async () => {
      expect(await client.unary(SERVICE, methods.hello, { name: "Ada" }, at)).toEqual({ name: "Hello Ada" });
    });

    test("when the content type is JSON then the answer is the same", async () => {
      const answer = await client.unary(
        SERVICE,
        methods.hello,
        { name: "Ada" },
        { ...at, contentType: "application/json" },
      );
      expect(answer).toEqual({ name: "Hello Ada" });
    });

    test("when metadata is given then the handler sees it, and what it sets comes back", async () => {
      let header: Metadata | undefined;
      let trailer: Metadata | undefined;
      await client.unary(
        SERVICE,
        methods.hello,
        { name: "Ada" },
        {
          ...at,
          metadata: { Echo: "ping", "photo-bin": "AAEC" },
          onHeader: (values) => {
            header = values;
          },
          onTrailer: (values) => {
            trailer = values;
          },
        },
      );
      const seen = handler.contexts[0]?.metadata;
      expect(seen?.get("echo")).toBe("ping");
      expect(seen?.getBinary("photo-bin")).toEqual(Buffer.from([0, 1, 2]));
      expect(seen?.get("micro-from-service")).toBe("go.micro.web.test");
      expect(header?.get("echo-header")).toBe("ping");
      expect(trailer?.get("echo-trailer")).toBe("ping");
    });

    test("when the caller's own function for headers throws then the call fails and nothing else", async () => {
      const broken: CallOptions = {
        ...at,
        onHeader: () => {
          throw new Error("caller's bug");
        },
      };
      expect((await failure(client.unary(SERVICE, methods.hello, {}, broken))).code).toBe(500);
      expect(await client.unary(SERVICE, methods.hello, { name: "Ada" }, at)).toEqual({ name: "Hello Ada" });
    });

    test("when metadata names belong to the protocol then the handler never sees them", async () => {
      await client.unary(
        SERVICE,
        methods.hello,
        {},
        { ...at, metadata: { "x-micro-id": "1", "grpc-foo": "2", local: "3" } },
      );
      const names = [...(handler.contexts[0]?.metadata ?? [])].map(([name]) => name);
      expect(names).toEqual(["micro-from-service"]);
    });

    test("when the handler throws a MicroError then id, code, detail and status reach the caller", async () => {
      const error = await failure(client.unary(SERVICE, methods.fail, { name: "entry" }, at));
      expect(error.toJSON()).toEqual({
        id: SERVICE,
        code: 400,
        detail: "no entry – sorry 100%",
        status: "Bad Request",
      });
    });

    test("when the handler throws anything else then the caller learns a reference and the log the reason", async () => {
      const error = await failure(client.unary(SERVICE, methods.crash, {}, at));
      expect(error.code).toBe(500);
      expect(error.detail).toMatch(/^internal error \([0-9a-f]{8}\)$/);
      expect(logged).toHaveLength(1);
      expect(logged[0]).toContain("the secret password is 1234");
      expect(logged[0]).toContain(/\(([0-9a-f]{8})\)/.exec(error.detail)?.[1]);
    });

    test.each([
      ["an object without prototype", Object.create(null)],
      [
        "a proxy that throws",
        new Proxy({}, { get: () => expect.fail(), getPrototypeOf: () => expect.fail() }),
      ],
      [
        "an error with a bad stack",
        Object.defineProperty(new Error("x"), "stack", { get: () => expect.fail() }),
      ],
      ["a control sequence", "a\u001b[31m\nb"],
      ["nothing", undefined],
    ])("when the handler throws %s then it is a 500 like any other", async (_name, thrown) => {
      handler.thrown = thrown;
      expect(await failure(client.unary(SERVICE, methods.crash, { name: "x" }, at))).toMatchObject({
        code: 500,
      });
      expect(logged).toHaveLength(1);
      expect(logged[0]).not.toMatch(/\p{Cc}/u);
    });

    test("when a metadata name is one that every object inherits, or comes twice, then it arrives", async () => {
      let header: Metadata | undefined;
      let trailer: Metadata | undefined;
      await client.unary(
        SERVICE,
        methods.hello,
        { name: "x" },
        {
          ...at,
          metadata: new Metadata()
            .append("constructor", "a")
            .append("etag", "b")
            .append("etag", "c")
            .append("__proto__", "d"),
          onHeader: (values) => {
            header = values;
          },
          onTrailer: (values) => {
            trailer = values;
          },
        },
      );
      expect([header?.get("constructor"), header?.get("etag")]).toEqual(["a", "b, c"]);
      expect(trailer?.get("constructor")).toBe("a, a");
    });

    test.each(["header", "trailer"])(
      "when the %s that a handler sets is larger than a peer takes then the call fails in words",
      async (grow) => {
        const error = await failure(
          client.unary(SERVICE, methods.hello, { name: "Ada" }, { ...at, metadata: { grow } }),
        );
        expect(error).toMatchObject({ code: 431, id: SERVICE });
        expect(error.detail).toMatch(new RegExp(`response ${grow} of \\d+ bytes exceeds the limit of 15360`));
        // The connection is none the worse for it.
        expect(await client.unary(SERVICE, methods.hello, { name: "Ada" }, at)).toEqual({
          name: "Hello Ada",
        });
      },
    );

    test("when the method is unknown then the error names it", async () => {
      const error = await failure(client.unary(SERVICE, { ...methods.hello, name: "Bye" }, {}, at));
      expect(error.code).toBe(501);
      expect(error.detail).toContain("Bye");
    });

    test("when the service part is go-micro's service name then the last element decides", async () => {
      const short = { ...methods.hello, service: "go.micro.srv.greeter.Greeter" };
      expect(await client.unary(SERVICE, short, { name: "Go" }, at)).toEqual({ name: "Hello Go" });
      expect(handler.contexts[0]?.method).toBe("greeter.Greeter/Hello");
    });

    test("when the deadline passes then the call fails with 408 and the handler's signal aborts", async () => {
      const error = await failure(
        client.unary(SERVICE, methods.hang, {}, { ...at, timeoutMs: 150, retries: 0 }),
      );
      expect(error.code).toBe(408);
      // Whether its own clock or the caller's cancelling comes first is a race; that it hears is not.
      await Promise.race([handler.logged("hang aborted: 408"), handler.logged("hang aborted: 499")]);
    });

    test("when the caller aborts then the call fails with 499 and the handler's signal aborts", async () => {
      const controller = new AbortController();
      const call = failure(client.unary(SERVICE, methods.hang, {}, { ...at, signal: controller.signal }));
      await handler.logged("hang started");
      controller.abort();
      expect((await call).code).toBe(499);
      await handler.logged("hang aborted: 499");
    });

    test("when a handler calls on then deadline and metadata go with it", async () => {
      const context = createContext({
        deadline: Date.now() + 60_000,
        metadata: Metadata.from({ tenant: "blue", "x-micro-service": "old" }),
      });
      await runInContext(context, () =>
        client.unary(SERVICE, methods.hello, {}, { ...at, timeoutMs: 120_000 }),
      );
      expect(handler.contexts[0]?.metadata.get("tenant")).toBe("blue");
      expect(handler.contexts[0]?.metadata.has("x-micro-service")).toBe(false);
      expect(handler.contexts[0]?.deadline).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    test("when a message of 3 MiB is sent then it arrives, and so does the answer", async () => {
      const name = "x".repeat(3 * 1024 * 1024);
      const answer = await client.unary(SERVICE, methods.hello, { name }, at);
      expect(answer.name.length).toBe(name.length + "Hello ".length);
    });

    test("when a hundred calls run at once then each gets its own answer", async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => client.unary(SERVICE, methods.hello, { name: String(i) }, at)),
      );
      expect(answers.map(({ name }) => name)).toEqual(Array.from({ length: 100 }, (_, i) => `Hello ${i}`));
    });

    test("when the server stops then running calls finish and new ones find it gone", async () => {
      const controller = new AbortController();
      const call = failure(
        client.unary(SERVICE, methods.hang, {}, { ...at, signal: controller.signal, timeoutMs: 10_000 }),
      );
      await handler.logged("hang started");
      const stopped = server.stop({ graceMs: 20 });
      const error = await call;
      expect(error.code).toBe(503);
      await stopped;
    });

    describe.skipIf(wire.skipStreams !== undefined)(`streams ${wire.skipStreams ?? ""}`, () => {
      test("when a server streams then all messages come in order and the context stays", async () => {
        expect(await namesOf(client.serverStream(SERVICE, methods.count, { name: "200" }, at))).toEqual(
          Array.from({ length: 200 }, (_, i) => String(i + 1)),
        );
        expect(new Set(handler.log)).toEqual(new Set(["context"]));
      });

      test("when the caller's own function for headers throws then the stream fails and nothing else", async () => {
        const broken: CallOptions = {
          ...at,
          onHeader: () => {
            throw new Error("caller's bug");
          },
        };
        expect(
          (await failure(namesOf(client.serverStream(SERVICE, methods.count, { name: "3" }, broken)))).code,
        ).toBe(500);
      });

      test("when a client streams then the server's one answer comes back", async () => {
        const answer = await client.clientStream(SERVICE, methods.join, hellos("a", "b", "c"), at);
        expect(answer).toEqual({ name: "a+b+c" });
      });

      test("when both stream then they alternate", async () => {
        const heard: string[] = [];
        async function* talk() {
          for (const name of ["one", "two"]) {
            yield { name };
            while (heard.length === 0 || heard.at(-1) !== `you said ${name}`) await new Promise(setImmediate);
          }
        }
        for await (const { name } of client.bidiStream(SERVICE, methods.chat, talk(), at)) heard.push(name);
        expect(heard).toEqual(["you said one", "you said two"]);
      });

      test("when the caller leaves a stream early then the handler ends too", async () => {
        for await (const { name } of client.serverStream(SERVICE, methods.forever, { name: "x" }, at)) {
          expect(name).toBe("x");
          break;
        }
        await handler.logged("forever aborted");
      });

      test("when the caller does not read then the handler is not asked for more", async () => {
        const name = "y".repeat(100_000);
        const messages = client.serverStream(SERVICE, methods.forever, { name }, at)[Symbol.asyncIterator]();
        await messages.next();
        let before = -1;
        while (before !== handler.forwarded) {
          before = handler.forwarded;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(handler.forwarded).toBeLessThan(100);
        await messages.return?.();
        await handler.logged("forever aborted");
      });

      test("when a handler yields without ever waiting then everything else still gets its turns", async () => {
        const messages = client
          .serverStream(SERVICE, methods.forever, { name: "x" }, at)
          [Symbol.asyncIterator]();
        await messages.next();
        expect(handler.forwarded).toBeLessThan(500);
        let turned = false;
        setImmediate(() => {
          turned = true;
        });
        const before = handler.forwarded;
        while (!turned && handler.forwarded - before < 20_000) await messages.next();
        expect(handler.forwarded - before).toBeLessThan(500);
        await messages.return?.();
        await handler.logged("forever aborted");
      });

      test("when a caller sends without ever waiting then everything else still gets its turns", async () => {
        let sent = 0;
        let turned = false;
        async function* requests() {
          yield { name: "first" };
          setImmediate(() => {
            turned = true;
          });
          while (!turned && sent < 20_000) {
            sent += 1;
            yield { name: "" };
          }
        }
        await client.clientStream(SERVICE, methods.join, requests(), at);
        expect(sent).toBeLessThan(500);
      });

      test("when the server ends first then the caller's stream of requests is closed", async () => {
        let closed = false;
        async function* endless() {
          try {
            yield { name: "hi" };
            yield { name: "bye" };
            for (;;) {
              await new Promise(setImmediate);
              yield { name: "still there?" };
            }
          } finally {
            closed = true;
          }
        }
        expect(await namesOf(client.bidiStream(SERVICE, methods.chat, endless(), at))).toEqual([
          "you said hi",
        ]);
        while (!closed) await new Promise(setImmediate);
      });

      test("when the caller's stream of requests fails then the call fails and the handler hears of it", async () => {
        async function* broken() {
          yield { name: "a" };
          await handler.logged("joined a");
          throw new Error("disk full");
        }
        const error = await failure(client.clientStream(SERVICE, methods.join, broken(), at));
        expect(error.detail).toContain("disk full");
        await handler.logged("join failed: 499");
      });

      test.each([
        ["gives no promise", () => ({ done: true, value: undefined })],
        ["throws", () => expect.fail("return")],
      ])("when ending the caller's stream of requests %s then that harms nobody", async (_name, leave) => {
        const requests = {
          [Symbol.asyncIterator]: () => ({
            next: () => new Promise<never>(() => {}),
            return: leave as never,
          }),
        };
        const never = new AbortController();
        const call = namesOf(
          client.bidiStream(SERVICE, methods.chat, requests, { ...at, signal: never.signal }),
        );
        never.abort();
        expect(await failure(call)).toMatchObject({ code: 499 });
      });

      test("when a streaming method is unknown then the error names it", async () => {
        const error = await failure(
          namesOf(client.serverStream(SERVICE, { ...methods.count, name: "Bye" }, {}, at)),
        );
        expect(error.code).toBe(501);
        expect(error.detail).toContain("Bye");
      });
    });
  });
}
