import { describe, expect, test } from "vitest";
import { createClient, jsonMethod } from "../../../src/runtime/client/index.ts";
import type { MicroError } from "../../../src/runtime/errors/index.ts";
import type { MessageType, ServiceType, UnaryMethod } from "../../../src/runtime/protobuf/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createMemoryTransport, createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Node } from "../../fixtures/everything/expected/everything.ts";
import { HelloRequest, HelloResponse } from "../../fixtures/greeter/expected/greeter.ts";

const SERVICE = "go.micro.srv.trees";

interface TreesMethods {
  readonly echo: UnaryMethod<Node, Node>;
}

const echo: UnaryMethod<Node, Node> = {
  name: "Echo",
  kind: "unary",
  service: "trees.Trees",
  input: Node,
  output: Node,
  idempotency: "noSideEffects",
};
const Trees: ServiceType<TreesMethods> = { typeName: "trees.Trees", methods: { echo } };

const memory = createMemoryTransport();

/** What a client sends and a server answers, over each wire. */
async function withTrees(
  wire: "grpc" | "json" | "direct",
  work: (call: (json: string) => Promise<string>, server: Server) => Promise<void>,
): Promise<void> {
  const transport = wire === "json" ? createTcpTransport() : memory;
  const server = createServer({
    name: SERVICE,
    address: "127.0.0.1:0",
    ...(wire === "direct" ? {} : { transport }),
  });
  server.handle(Trees, { echo: (node: Node) => node });
  await server.start();
  const client = createClient(
    wire === "direct" ? { localService: () => server.dispatcher } : { transport, protocol: wire },
  );
  const options = wire === "direct" ? {} : { address: server.address as string };
  try {
    await work((json) => client.unary(SERVICE, jsonMethod("Trees.Echo"), json, options), server);
  } finally {
    await client.close();
    await server.stop({ graceMs: 0 });
  }
}

const failure = (work: Promise<unknown>): Promise<MicroError> =>
  work.then(
    () => expect.fail("the call succeeded"),
    (reason: MicroError) => reason,
  );

describe.each(["grpc", "json", "direct"] as const)("a JSON request over %s", (wire) => {
  test("is refused with 400 and the path of a field that the schema does not have", async () => {
    await withTrees(wire, async (call) => {
      const error = await failure(call('{"label":"a","children":[{"label":"b"},{"lable":"c"}]}'));
      expect(error).toMatchObject({
        code: 400,
        detail: "cannot read test.everything.Node: children[1].lable: no such field",
      });
    });
  });

  test("is refused with 400 and the path of an enum value that the schema does not have", async () => {
    await withTrees(wire, async (call) => {
      const error = await failure(call('{"children":[{"inner":{"level":"LEVEL_HIHG"}}]}'));
      expect(error).toMatchObject({
        code: 400,
        detail: expect.stringContaining('children[0].inner.level: "LEVEL_HIHG" is no value of'),
      });
    });
  });

  test("is answered when it holds only what the schema has", async () => {
    await withTrees(wire, async (call) => {
      expect(JSON.parse(await call('{"label":"a","children":[{"label":"b"}]}'))).toEqual({
        label: "a",
        children: [{ label: "b" }],
      });
    });
  });
});

test("a JSON response may hold what this client does not know yet", async () => {
  await withTrees("grpc", async (_call, server) => {
    const client = createClient({ transport: memory });
    // The server's schema has fields that this one does not.
    const older = { ...echo, input: HelloRequest as MessageType<unknown>, output: HelloResponse };
    const newer: MessageType<unknown> = {
      ...older.input,
      toJsonString: () => '{"label":"new"}',
    };
    const options = { address: server.address as string, contentType: "application/grpc+json" };
    expect(await client.unary(SERVICE, { ...older, input: newer }, {}, options)).toEqual({ msg: "" });
    await client.close();
  });
});
