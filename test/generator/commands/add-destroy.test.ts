import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { createFolder, type Folder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

const proto = `syntax = "proto3";

package shop; // the shop

// Who stands there.
service Desk {
    // Says hello.
    rpc Hello(Ask) returns (Told); // kept
    /* the end */
}

message Ask { string name = 1; }
message Told { string name = 1; }
`;
const handler = `import type { DeskHandler } from "../gen/desk.service.ts";
import type { Ask, Told } from "../gen/desk.ts";

export class Desk implements DeskHandler {
  hello(request: Ask): Told {
    return request;
  }
}
`;
const main = `import { createService } from "@micro-service/runtime";
import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";

const service = await createService({ name: "go.micro.srv.desk" });
registerDeskHandler(service.server, new Desk());
await service.run();
`;
const microJson = JSON.stringify({
  namespace: "go.micro",
  services: [{ name: "go.micro.srv.desk", type: "srv", dir: "." }],
  proto: ["proto"],
  compatibility: "none",
});

const run = (folder: Folder, line: string) => runMicroGen(folder.path, line.split(" "));

async function project(more: Record<string, string> = {}): Promise<Folder> {
  const folder = await createFolder({
    "micro.json": microJson,
    "proto/desk.proto": proto,
    "src/handler/desk.ts": handler,
    "src/main.ts": main,
    ...more,
  });
  expect(await runMicroGen(folder.path, [])).toMatchObject({ exitCode: 0 });
  return folder;
}

/** What a person sees of a project: all but the tool's cache. */
async function visible(folder: Folder): Promise<Record<string, string>> {
  const tree = await folder.tree();
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith(".micro/cache")));
}

describe("add rpc", () => {
  test("writes the .proto, the code and the member of the handler, and every byte of the user stays", async () => {
    const folder = await project();
    const { exitCode, stderr } = await run(folder, "add rpc Desk.Goodbye");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("update    proto/desk.proto\n");
    expect(stderr).toContain("update    src/handler/desk.ts\n");
    expect(await folder.read("proto/desk.proto")).toBe(
      proto
        .replace(
          "/* the end */\n",
          "/* the end */\n\n    rpc Goodbye(GoodbyeRequest) returns (GoodbyeResponse);\n",
        )
        .replace(
          "}\n\nmessage Ask",
          "}\n\nmessage GoodbyeRequest {}\n\nmessage GoodbyeResponse {}\n\nmessage Ask",
        ),
    );
    expect(await folder.read("src/handler/desk.ts")).toContain("goodbye(_request: GoodbyeRequest)");
    expect(await runMicroGen(folder.path, ["--check"])).toMatchObject({ exitCode: 0 });
  });

  test("takes messages that are there, streams, and imports what is elsewhere", async () => {
    const folder = await project();
    expect(
      await run(folder, "add rpc Watch --request google.protobuf.Empty --response Told --stream server"),
    ).toMatchObject({ exitCode: 0 });
    const text = await folder.read("proto/desk.proto");
    expect(text).toContain("    rpc Watch(google.protobuf.Empty) returns (stream Told);\n");
    expect(text).toContain('package shop; // the shop\n\nimport "google/protobuf/empty.proto";\n');
    expect(text).not.toContain("message Watch");
  });

  test.each([
    ["{ Ask, Told }", "{ Ask, GoodbyeRequest, GoodbyeResponse, Told }"],
    ["{ Told }", "{ GoodbyeRequest, GoodbyeResponse, Told }"],
    ["{ Told, Ask }", "{ Told, Ask, GoodbyeRequest, GoodbyeResponse }"],
    [
      "{\n  Ask, // asks\n  Told as Answer,\n}",
      "{\n  Ask, // asks\n  GoodbyeRequest,\n  GoodbyeResponse,\n  Told as Answer,\n}",
    ],
    ["{\n  Told,\n}", "{\n  GoodbyeRequest,\n  GoodbyeResponse,\n  Told,\n}"],
  ])("imports its messages where a sorted list has their place, else at its end: %j", async (list, after) => {
    const folder = await project({ "src/handler/desk.ts": handler.replace("{ Ask, Told }", list) });
    await run(folder, "add rpc Desk.Goodbye");
    expect(await folder.read("src/handler/desk.ts")).toContain(
      `import type ${after} from "../gen/desk.ts";\n`,
    );
  });

  test("keeps CRLF, and a service without rpcs", async () => {
    const folder = await project();
    const own = 'syntax = "proto3";\r\npackage till;\r\nservice Till {}\r\n';
    await folder.write({ "proto/till.proto": own });
    await run(folder, "add rpc Till.Sell");
    const text = await folder.read("proto/till.proto");
    expect(text).toContain("service Till {\r\n  rpc Sell(SellRequest) returns (SellResponse);\r\n}\r\n");
    expect(text).not.toMatch(/(?<!\r)\n/);
  });

  test.each([
    ["add rpc Desk.Hello", 3, "shop.Desk has an rpc Hello already"],
    ["add rpc Till.Sell", 2, "There is no service Till; there is shop.Desk"],
    ["add rpc Desk.No!", 2, '"No!" cannot name an rpc'],
    ["add rpc Goodbye --request other.Thing", 2, "There is no message other.Thing in the schema"],
    ["add rpc Goodbye --stream up", 2, "Allowed choices are client, server, both"],
    ["add thing X", 2, "unknown command 'thing'"],
    ["add rpc", 2, "missing required argument 'name'"],
  ])("%s is refused, and nothing is written", async (line, code, message) => {
    const folder = await project();
    const tree = await folder.tree();
    const { exitCode, stderr } = await run(folder, line);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
    expect(await folder.tree()).toEqual(tree);
  });

  test("only shows its plan with --dry-run, --diff and --json", async () => {
    const folder = await project();
    const tree = await visible(folder);
    expect((await run(folder, "add rpc Goodbye --dry-run")).stdout).toContain("update    proto/desk.proto\n");
    expect((await run(folder, "add rpc Goodbye --diff --no-color")).stdout).toContain("+    rpc Goodbye(");
    expect(await visible(folder)).toEqual(tree);
    const { applied } = JSON.parse((await run(folder, "add rpc Goodbye --json")).stdout);
    expect(applied).toBe(true);
  });

  test("of a schema with a mistake: tells it, exit 6, nothing is written", async () => {
    const folder = await project();
    await folder.write({ "proto/desk.proto": proto.replace("string name", "strin name") });
    const tree = await folder.tree();
    expect(await run(folder, "add rpc Goodbye")).toMatchObject({ exitCode: 6 });
    expect(await folder.tree()).toEqual(tree);
  });
});

test("add service writes a schema, a handler and its registration", async () => {
  const folder = await project();
  expect(await run(folder, "add service order-stock reserve Release")).toMatchObject({ exitCode: 0 });
  expect(await folder.read("proto/order-stock.proto")).toBe(`syntax = "proto3";

package shop;

service OrderStock {
  rpc Reserve(ReserveRequest) returns (ReserveResponse);
  rpc Release(ReleaseRequest) returns (ReleaseResponse);
}

message ReleaseRequest {}

message ReleaseResponse {}

message ReserveRequest {}

message ReserveResponse {}
`);
  expect(await folder.read("src/handler/order-stock.ts")).toContain(
    "class OrderStock implements OrderStockHandler",
  );
  expect(await folder.read("src/main.ts")).toContain(
    "registerOrderStockHandler(service.server, new OrderStock());\n",
  );
  expect(await run(folder, "add service Desk")).toMatchObject({ exitCode: 3 });
});

test("add service leaves a file alone that is where its handler would be, as add event does, and tells what is left to do", async () => {
  const own = "export function countStock(): number {\n  return 1;\n}\n";
  const folder = await project({ "src/handler/stock.ts": own });
  const { exitCode, stderr } = await run(folder, "add service Stock Reserve");
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    "src/handler/stock.ts:1:1 shop.Stock is new, and its handler would be this file, which is yours and stays; write a class that implements StockHandler, and serve it: registerStockHandler(service.server, ...)\n",
  );
  expect(await folder.read("src/handler/stock.ts")).toBe(own);
  expect(await folder.read("src/main.ts")).toBe(main);

  await folder.write({ "src/handler/on-moved.ts": own });
  const event = await run(folder, "add event Moved");
  expect(event.exitCode).toBe(0);
  expect(event.stderr).toMatch(
    /^src\/handler\/on-moved\.ts:1:1 the subscriber of shop\.Moved would be this file, .*subscribe\("[\w.]+", Moved, onMoved\)$/m,
  );
  expect(await folder.read("src/handler/on-moved.ts")).toBe(own);
  expect(await folder.read("src/main.ts")).toBe(main);
});

test("add event writes a message, a subscriber and its subscription, and says how to publish", async () => {
  const folder = await project();
  const { exitCode, stderr } = await run(folder, "add event OrderPlaced");
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    'Publish it: await service.client.publish("shop.order-placed", OrderPlaced, { ... });\n',
  );
  expect(await folder.read("proto/events.proto")).toBe(
    'syntax = "proto3";\n\npackage shop;\n\nmessage OrderPlaced {}\n',
  );
  expect(await folder.read("src/handler/on-order-placed.ts")).toContain("onOrderPlaced(event: OrderPlaced)");
  expect(await folder.read("src/main.ts")).toContain(
    'service.server.subscribe("shop.order-placed", OrderPlaced, onOrderPlaced);\n',
  );
  expect(await run(folder, "add event Shipped --no-subscribe --file proto/desk.proto")).toMatchObject({
    exitCode: 0,
  });
  expect(await folder.read("proto/desk.proto")).toBe(`${proto}\nmessage Shipped {}\n`);
  expect(await runMicroGen(folder.path, ["--check"])).toMatchObject({ exitCode: 0 });
});

describe("destroy", () => {
  test.each([
    ["rpc Desk.Goodbye", "add rpc Desk.Goodbye --stream both"],
    ["service OrderStock", "add service OrderStock Reserve"],
    ["event OrderPlaced", "add event OrderPlaced"],
    ["event Shipped", "add event Shipped --no-subscribe --file proto/desk.proto"],
  ])("%s leaves everything as it was before it was added", async (name, add) => {
    const folder = await project();
    const before = await visible(folder);
    expect(await run(folder, add)).toMatchObject({ exitCode: 0 });
    expect(await visible(folder)).not.toEqual(before);
    expect(await run(folder, `destroy ${name}`)).toMatchObject({ exitCode: 0 });
    expect(await visible(folder)).toEqual(before);
  });

  test.each([
    [
      "a member that was written",
      "rpc Desk.Goodbye",
      "add rpc Desk.Goodbye",
      "src/handler/desk.ts",
      "throw notImpl",
      "return {}; throw notImpl",
    ],
    [
      "an rpc that got a comment",
      "rpc Desk.Goodbye",
      "add rpc Desk.Goodbye",
      "proto/desk.proto",
      "    rpc Good",
      "    // Mine.\n    rpc Good",
    ],
    [
      "a handler that was written",
      "service Stock",
      "add service Stock Reserve",
      "src/handler/stock.ts",
      "return {",
      "console.log();\n    return {",
    ],
    [
      "a subscriber that was written",
      "event Placed",
      "add event Placed",
      "src/handler/on-placed.ts",
      "console.log",
      "console.error",
    ],
    [
      "a message that got fields",
      "event Placed",
      "add event Placed",
      "proto/events.proto",
      "Placed {}",
      "Placed { string id = 1; }",
    ],
  ])("%s is refused with its place, exit 4, nothing is written", async (_what, name, add, path, from, to) => {
    const folder = await project();
    await run(folder, add);
    await folder.write({ [path]: (await folder.read(path)).replace(from, to) });
    await runMicroGen(folder.path, []);
    const tree = await visible(folder);
    const { exitCode, stderr } = await run(folder, `destroy ${name}`);
    expect(stderr).toContain(path.replace("proto/", ""));
    expect(exitCode).toBe(4);
    expect(await visible(folder)).toEqual(tree);
  });

  test("keeps messages that something else uses, or that got fields", async () => {
    const folder = await project();
    await run(folder, "add rpc Desk.Goodbye --response Told");
    const grown = (await folder.read("proto/desk.proto")).replace(
      "GoodbyeRequest {}",
      "GoodbyeRequest { int32 x = 1; }",
    );
    await folder.write({ "proto/desk.proto": grown });
    expect(await run(folder, "destroy rpc Goodbye")).toMatchObject({ exitCode: 0 });
    const text = await folder.read("proto/desk.proto");
    expect(text).toContain("message GoodbyeRequest { int32 x = 1; }");
    expect(text).not.toContain("rpc Goodbye");
  });
});

describe("with a schema that must not break", () => {
  const strict = microJson.replace(',"compatibility":"none"', "");

  test("what was only just added may be destroyed", async () => {
    const folder = await project({ "micro.json": strict });
    const before = await visible(folder);
    await run(folder, "add service Stock Reserve");
    await run(folder, "add rpc Stock.Release");
    expect(await run(folder, "destroy rpc Stock.Release")).toMatchObject({ exitCode: 0 });
    expect(await run(folder, "destroy service Stock")).toMatchObject({ exitCode: 0 });
    expect(await visible(folder)).toEqual(before);
  });

  test.skipIf(spawnSync("git", ["--version"]).status !== 0)(
    "what was committed is refused like any change that breaks, until it is decided",
    async () => {
      const folder = await project({ "micro.json": strict });
      await run(folder, "add rpc Desk.Goodbye");
      await run(folder, "add service Stock Reserve");
      const git = (...args: string[]) => {
        const who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
        const { status, stderr } = spawnSync("git", [...who, ...args], {
          cwd: folder.path,
          encoding: "utf8",
        });
        expect({ status, stderr }).toMatchObject({ status: 0 });
      };
      git("init", "-b", "main");
      git("add", "-A");
      git("commit", "-m", "all");
      const before = await visible(folder);
      const allow: { rule: string; name: string; reason: string }[] = [];
      for (const line of ["destroy rpc Desk.Goodbye", "destroy service Stock"]) {
        const { exitCode, stdout } = await run(folder, `${line} --json`);
        expect(exitCode).toBe(7);
        const { changes } = JSON.parse(stdout) as {
          changes: { rule: string; name: string; refused: boolean }[];
        };
        const refused = changes.filter(({ refused: is }) => is);
        allow.push(...refused.map(({ rule, name }) => ({ rule, name, reason: "nobody calls it" })));
        expect(await visible(folder)).toEqual(before);
      }
      await folder.write({ "micro.json": JSON.stringify({ ...JSON.parse(strict), allow }) });
      expect(await run(folder, "destroy rpc Desk.Goodbye")).toMatchObject({ exitCode: 0 });
      expect(await run(folder, "destroy service Stock")).toMatchObject({ exitCode: 0 });
      expect(await folder.read("proto/desk.proto")).toBe(proto);
    },
  );

  test("another change in the .proto that breaks is refused all the same, by add and by destroy", async () => {
    const folder = await project({ "micro.json": strict });
    await run(folder, "add rpc Goodbye");
    const changed = (await folder.read("proto/desk.proto")).replace(
      "string name = 1; }\nmessage Told",
      "int32 name = 1; }\nmessage Told",
    );
    await folder.write({ "proto/desk.proto": changed });
    const tree = await visible(folder);
    for (const line of ["add rpc Other", "destroy rpc Goodbye"]) {
      const { exitCode, stderr } = await run(folder, line);
      expect(stderr).toContain("field-type shop.Ask.name");
      expect(exitCode).toBe(7);
    }
    expect(await visible(folder)).toEqual(tree);
  });
});
