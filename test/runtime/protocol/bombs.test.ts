import * as http2 from "node:http2";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { frameMessage } from "../../../src/runtime/protocol/framing.ts";
import { UnfoldTurns } from "../../../src/runtime/protocol/unfold-turns.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, HelloMessage } from "./greeter.ts";

const BOMBS = 16;
const ALMOST_4_MIB = JSON.stringify({ name: "a".repeat(4 * 1024 * 1024 - 100) });
const MORE_THAN_4_MIB = JSON.stringify({ name: "a".repeat(5 * 1024 * 1024) });
const cleanups: (() => unknown)[] = [];

/** Bombs that went off so far. */
let unfolded: number;

beforeEach(() => {
  unfolded = 0;
  const decode = HelloMessage.decode.bind(HelloMessage);
  const spy = vi.spyOn(HelloMessage, "decode").mockImplementation((...bytes) => {
    if (bytes[0].length > 1_000_000) unfolded += 1;
    return decode(...bytes);
  });
  cleanups.push(() => spy.mockRestore());
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a wire's unary request looks like when it is compressed by `encoding`. */
type Bomb = (bytes: Buffer, encoding: string) => { headers: http2.OutgoingHttpHeaders; body: Buffer };

const framed =
  (type: string, header: string): Bomb =>
  (bytes, encoding) => ({
    headers: { "content-type": type, [header]: encoding },
    body: frameMessage(bytes, 1),
  });
const WIRES: Readonly<Record<string, Bomb>> = {
  gRPC: framed("application/grpc+proto", "grpc-encoding"),
  "gRPC-Web": framed("application/grpc-web+proto", "grpc-encoding"),
  Connect: (body, encoding) => ({
    headers: { "content-type": "application/proto", "content-encoding": encoding },
    body,
  }),
  JSON: (body, encoding) => ({
    headers: { "content-type": "application/protobuf", "content-encoding": encoding },
    body,
  }),
};
const CASES = Object.entries(WIRES).flatMap(([wire, bomb]) => [
  { wire, bomb, encoding: "gzip", compress: gzipSync },
  { wire, bomb, encoding: "br", compress: brotliCompressSync },
]);

async function serve(): Promise<string> {
  const server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    logger: { error() {} },
  });
  server.handle(Greeter, Object.assign(new GreeterHandler(), { hello: () => ({ name: "survived" }) }));
  await server.start();
  cleanups.push(() => server.stop({ graceMs: 0 }));
  return server.address as string;
}

/** Throws bombs on one connection, all at once; resolves with what came back for each. */
function flood(address: string, ...bombs: readonly ReturnType<Bomb>[]): Promise<string[]> {
  const session = http2.connect(`http://${address}`);
  cleanups.push(() => session.destroy());
  const answers = Array.from(
    { length: BOMBS },
    (_, index) =>
      new Promise<string>((resolve, reject) => {
        const { headers, body } = bombs[index % bombs.length] as ReturnType<Bomb>;
        const request = { ":method": "POST", ":path": "/greeter.Greeter/Hello", te: "trailers", ...headers };
        const stream = session.request(request);
        let text = "";
        stream.on("response", (head) => {
          text += `${head[":status"]} ${head["grpc-status"] ?? ""} `;
        });
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString("latin1");
        });
        stream.on("error", reject).on("close", () => resolve(text));
        stream.end(body);
      }),
  );
  return Promise.all(answers);
}

describe.each(CASES)("a flood of small requests over $wire that $encoding unfolds", ({ bomb, ...way }) => {
  test("leaves others their turns, and each is answered in the end", async () => {
    const address = await serve();
    const client = createClient({ transport: createTcpTransport() });
    cleanups.push(() => client.close());
    const ask = () => client.unary("any", Greeter.methods.hello, { name: "Ada" }, { address });
    await ask();
    const flooded = flood(address, bomb(way.compress(ALMOST_4_MIB), way.encoding));
    await expect.poll(() => unfolded, { interval: 1 }).toBeGreaterThan(0);
    for (let call = 0; call < 5; call++) await ask();
    expect(unfolded).toBeLessThan(BOMBS / 2);
    for (const answer of await flooded) expect(answer).toContain("survived");
    expect(unfolded).toBe(BOMBS);
  });

  test("is refused beyond the limit of a message, and leaves others their turns all the same", async () => {
    const address = await serve();
    const client = createClient({ transport: createTcpTransport() });
    cleanups.push(() => client.close());
    const ask = () => client.unary("any", Greeter.methods.hello, { name: "Ada" }, { address });
    await ask();
    let refused = 0;
    const flooded = flood(address, bomb(way.compress(MORE_THAN_4_MIB), way.encoding)).then((answers) => {
      refused = answers.length;
      return answers;
    });
    for (let call = 0; call < 5; call++) await ask();
    expect(refused).toBe(0);
    for (const answer of await flooded)
      expect(answer).toMatch(/ 8 |grpc-status: 8|resource_exhausted|"code":413/);
    expect(unfolded).toBe(0);
  });
});

test("when a connection floods over two wires in turn then compressed calls of another one do not wait for all of it", async () => {
  const address = await serve();
  const client = createClient({ transport: createTcpTransport(), compression: "gzip" });
  cleanups.push(() => client.close());
  const ask = () => client.unary("any", Greeter.methods.hello, { name: "Ada".repeat(1000) }, { address });
  await ask();
  const bytes = gzipSync(ALMOST_4_MIB);
  const flooded = flood(address, ...Object.values(WIRES).map((bomb) => bomb(bytes, "gzip")));
  await expect.poll(() => unfolded, { interval: 1 }).toBeGreaterThan(0);
  await ask();
  // How many went before differs with the machine's load; without turns it is all of them.
  expect(unfolded).toBeLessThan(BOMBS);
  await flooded;
  expect(unfolded).toBe(BOMBS);
});

describe("turns of unfolding", () => {
  const turn = () => new Promise(setImmediate);

  test("when little is unfolded then nobody waits", () => {
    const turns = new UnfoldTurns();
    turns.spend(1000);
    expect(turns.isOver).toBe(false);
  });

  test("when a turn's share is used up then the next turn goes on, after a bomb as many turns as it took", async () => {
    const turns = new UnfoldTurns();
    turns.spend(256 * 1024);
    expect(turns.isOver).toBe(true);
    await turn();
    expect(turns.isOver).toBe(false);
    turns.spend(1024 * 1024);
    let waited = 0;
    for (; turns.isOver; waited++) await turn();
    expect(waited).toBe(4);
  });

  test("when a connection floods then another one's call waits for one of its calls, not for all", async () => {
    const turns = new UnfoldTurns();
    const [flooding, other] = [{}, {}];
    const served: string[] = [];
    const ask = (connection: object, name: string) =>
      turns.wait(connection, () => {
        served.push(name);
        turns.spend(256 * 1024);
      });
    turns.spend(256 * 1024);
    for (const name of ["flood 1", "flood 2", "flood 3"]) ask(flooding, name);
    ask(other, "other");
    while (served.length < 4) await turn();
    expect(served).toEqual(["flood 1", "other", "flood 2", "flood 3"]);
  });
});
