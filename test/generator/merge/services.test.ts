import { describe, expect, test } from "vitest";
import { changed, hello, plain, proto, run } from "./desk-project.ts";

const handler = "src/handler/desk.ts";
const count = `${hello}\n  // How many there are.\n  rpc Count(Ask) returns (stream Told);`;
const till = "service Till { rpc Sell(Ask) returns (Told); }\n";

/** The same in a schema of its own. */
const alone = `syntax = "proto3";
package shop;
import "desk.proto";
${till}`;

const main = `import { createService } from "@micro-service/runtime";
import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";

const service = await createService({
  name: "go.micro.srv.desk", // mine
});
registerDeskHandler(service.server, new Desk()); // the desk

await service.run();
`;

describe("a service that is new", () => {
  const after = proto(hello, till);

  test("gets its handler, and its import and registration in main.ts; a second run changes nothing", async () => {
    const folder = await changed({ [handler]: plain, "src/main.ts": main }, { after });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("create    src/handler/till.ts\nupdate    src/main.ts\n");
    expect(stderr).not.toContain("serve it");
    expect(await folder.read("src/main.ts")).toBe(
      main
        .replace("{ registerDeskHandler }", "{ registerDeskHandler, registerTillHandler }")
        .replace('desk.ts";\n', 'desk.ts";\nimport { Till } from "./handler/till.ts";\n')
        .replace("// the desk\n", "// the desk\nregisterTillHandler(service.server, new Till());\n"),
    );
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("in an API gets a client of the SRV that the others call", async () => {
    const forwarding = main
      .replace("{ registerDeskHandler }", "{ createDeskClient, registerDeskHandler }")
      .replace("new Desk()", 'new Desk(createDeskClient(service.client, "go.micro.srv.desk"))');
    const api = plain.replace("  hello(", "  constructor(readonly srv: unknown) {}\n\n  hello(");
    const folder = await changed({ [handler]: api, "src/main.ts": forwarding }, { after, type: "api" });
    await run(folder);
    expect(await folder.read("src/main.ts")).toContain(
      '\nregisterTillHandler(service.server, new Till(createTillClient(service.client, "go.micro.srv.desk")));\n',
    );
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("is registered behind the service where nothing is registered yet", async () => {
    const bare = main
      .replace(/registerDeskHandler\(.*\n/, "")
      .replace(/import \{ (registerDesk|Desk).*\n/g, "");
    const folder = await changed(
      { "src/main.ts": bare },
      { before: proto("").replace(/service[^}]*\}/, ""), after },
    );
    await run(folder);
    const text = await folder.read("src/main.ts");
    expect(text).toContain(
      "});\nregisterDeskHandler(service.server, new Desk());\nregisterTillHandler(service.server, new Till());\n",
    );
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test.each([
    [
      "an expression",
      main.replace("registerDeskHandler(service", "void registerDeskHandler(service"),
      "src/main.ts:8:1",
    ],
    ["nothing", "export {};\n", "src/main.ts:1:1"],
  ])("where the place is not clear, the line to add is told: %s", async (_name, text, place) => {
    const folder = await changed({ [handler]: plain, "src/main.ts": text }, { after });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("shop.Till is new; serve it: registerTillHandler(service.server, new Till())");
    expect(stderr).toContain(place.split(":")[0]);
    expect(await folder.read("src/main.ts")).toBe(text);
  });

  test("keeps the style of a main.ts with CRLF, single quotes and no semicolons", async () => {
    const own = main.replaceAll(";", "").replaceAll('"', "'").replaceAll("\n", "\r\n");
    const folder = await changed({ [handler]: plain, "src/main.ts": own }, { after });
    await run(folder);
    const text = await folder.read("src/main.ts");
    expect(text).toContain("\r\nregisterTillHandler(service.server, new Till())\r\n");
    expect(text).toContain("\r\nimport { Till } from './handler/till.ts'\r\n");
    expect(text).not.toMatch(/(?<!\r)\n/);
  });
});

describe("a service that is gone", () => {
  test("leaves with its handler and registration while nobody changed the handler", async () => {
    const folder = await changed({ [handler]: plain, "src/main.ts": main }, { after: proto(hello, till) });
    await run(folder);
    await folder.write({ "proto/desk.proto": proto(hello) });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("delete    src/handler/till.ts\n");
    expect(await folder.read("src/main.ts")).toBe(main);
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
    await folder.write({ "proto/desk.proto": proto(hello, till) });
    expect((await run(folder)).stderr).toContain("create    src/handler/till.ts\n");
  });

  test("stays, with the handler nobody changed, when its schema moved to another file", async () => {
    const folder = await changed({ [handler]: plain, "src/main.ts": main }, { after: proto(hello, till) });
    await run(folder);
    await folder.write({ "proto/desk.proto": proto(hello), "proto/till.proto": alone });
    expect(await run(folder)).toMatchObject({ exitCode: 0 });
    expect(await folder.read("src/handler/till.ts")).toContain('from "../gen/till.service.ts"');
    expect(await folder.read("src/main.ts")).toContain("registerTillHandler(service.server, new Till());");
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("whose handler was written is told where the handler and its registration are", async () => {
    const folder = await changed(
      { [handler]: plain, "src/main.ts": main },
      { before: proto(hello, till), after: till + proto("").replace(/service[^}]*\}/, "") },
    );
    await folder.write({ "proto/desk.proto": proto(hello, till).replace(/service Desk[^}]*\}/, "") });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `${handler}:4:1 service shop.Desk is no longer in the schema; remove this handler\nsrc/main.ts:8:1 service shop.Desk is no longer in the schema; remove this registration\n`,
    );
    expect(await folder.read(handler)).toBe(plain);
    expect(await folder.read("src/main.ts")).toBe(main);
  });
});

describe("an rpc that is gone", () => {
  test("takes the member along that micro-gen wrote for it and nobody changed: the file is as it was", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(count) });
    await run(folder);
    expect(await folder.read(handler)).not.toBe(plain);
    await folder.write({ "proto/desk.proto": proto(hello) });
    expect(await run(folder)).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining("no longer"),
    });
    expect(await folder.read(handler)).toBe(plain);
  });

  test.each([
    ["in its body", (text: string) => text.replace("throw not", "console.log(1);\n    throw not")],
    ["in its comment", (text: string) => text.replace("How many", "Really how many")],
    ["in its type", (text: string) => text.replace("_request: Ask", "request: Ask")],
    ["with a comment above", (text: string) => text.replace("  /** How", "  // TODO\n  /** How")],
  ])("stays where the user changed it: %s", async (_name, edit) => {
    const folder = await changed({ [handler]: plain }, { after: proto(count) });
    await run(folder);
    const edited = edit(await folder.read(handler));
    await folder.write({ [handler]: edited, "proto/desk.proto": proto(hello) });
    expect((await run(folder)).stderr).toContain("rpc Count is no longer in shop.Desk; remove this member");
    expect(await folder.read(handler)).toBe(edited);
  });

  test("a member that was only formatted is still micro-gen's", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(count) });
    await run(folder);
    const formatted = (await folder.read(handler))
      .replace(/ {4}throw/, "\t\tthrow")
      .replace("): Async", "):\n    Async");
    await folder.write({ [handler]: formatted, "proto/desk.proto": proto(hello) });
    await run(folder);
    expect(await folder.read(handler)).toBe(plain);
  });

  test("an rpc of another kind gets its member written anew while nobody changed it", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(count) });
    await run(folder);
    const streamed = await folder.read(handler);
    await folder.write({ "proto/desk.proto": proto(count.replace("stream Told", "Told")) });
    await run(folder);
    expect(await folder.read(handler)).toBe(streamed.replace("AsyncIterable<", "Promise<"));
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });
});

test("a handler that extends another one gets nothing twice, and what it inherits is told where it is", async () => {
  const two = `${plain}
export class Loud extends Desk implements DeskHandler {
  override hello(request: Ask): Told {
    return request;
  }
}
`;
  const folder = await changed({ [handler]: two }, { after: proto(count) });
  await run(folder);
  expect((await folder.read(handler)).match(/count\(/g)).toHaveLength(1);
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });

  const base = plain
    .replace("class Desk implements DeskHandler", "class Base")
    .replace(/import.*DeskHandler.*\n/, "");
  const inherits = `import type { DeskHandler } from "../gen/desk.service.ts";
import { Base } from "./base.ts";
export class Desk extends Base implements DeskHandler {}
`;
  const other = await changed(
    { "src/handler/base.ts": base, [handler]: inherits },
    { after: proto(hello.replace("(Told)", "(stream Told)")) },
  );
  expect((await run(other)).stderr).toContain(
    "src/handler/base.ts:4:3 rpc Hello now has one request and a stream",
  );
  expect(await other.read(handler)).toBe(inherits);
});
