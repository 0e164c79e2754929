import { describe, expect, test } from "vitest";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { changed, hello, isWithin, plain, proto, run } from "./desk-project.ts";

const handler = "src/handler/desk.ts";
const greet = "  rpc Greet(Ask) returns (Told);";

describe("an rpc that has another name", () => {
  test("without a word of the user: told with the flag to give, and nothing is renamed", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(greet) });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `${handler}:5:3 rpc Hello is no longer in shop.Desk; if it is called Greet now, run micro-gen --rename shop.Desk.Hello=Greet\n`,
    );
    const text = await folder.read(handler);
    expect(isWithin(plain, text)).toBe(true);
    expect(text).toContain("greet(_request: Ask)");
  });

  test("with --rename: the member has it, and nothing else changes", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(greet) });
    expect(await run(folder, "--rename", "Desk.Hello=Greet")).toMatchObject({ exitCode: 0 });
    expect(await folder.read(handler)).toBe(plain.replace("hello(", "greet("));
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("with --rename only after a run without: the member that was added makes room", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(greet) });
    await run(folder);
    expect(await run(folder, "--rename", "shop.Desk.Hello=shop.Desk.Greet")).toMatchObject({ exitCode: 0 });
    expect(await folder.read(handler)).toBe(plain.replace("hello(", "greet("));
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("that has another kind as well: the member has the name, and the kind is told", async () => {
    const folder = await changed(
      { [handler]: plain },
      { after: proto("  rpc Greet(Ask) returns (stream Told);") },
    );
    const { exitCode, stderr } = await run(folder, "--rename", "Desk.Hello=Greet");
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      `${handler}:5:3 rpc Greet now has one request and a stream of responses; change this member\n`,
    );
    expect(await folder.read(handler)).toBe(plain.replace("hello(", "greet("));
  });

  test("of a service that has another name as well: inherited members have it, too", async () => {
    const folder = await changed(
      {
        "src/handler/base.ts": "export class Base {\n  hello() {\n    return {};\n  }\n}\n",
        [handler]: `import type { DeskHandler } from "../gen/desk.service.ts";
import { Base } from "./base.ts";
export class Desk extends Base implements DeskHandler {}
`,
      },
      { after: proto(greet).replace("service Desk", "service Counter") },
    );
    const renames = ["--rename", "Desk=Counter", "--rename", "shop.Desk.Hello=shop.Counter.Greet"];
    expect(await run(folder, ...renames)).toMatchObject({ exitCode: 0 });
    expect(await folder.read("src/handler/base.ts")).toContain("greet() {");
    expect(await folder.read(handler)).toContain("extends Base implements CounterHandler {}");
  });

  test("that nobody has written yet: what it says has the name, so that it still goes with its rpc", async () => {
    const folder = await changed(
      { [handler]: plain },
      { after: proto(`${hello}\n  rpc Bye(Ask) returns (Ask);`) },
    );
    expect(await run(folder)).toMatchObject({ exitCode: 0 });
    await folder.write({
      "proto/desk.proto": proto(`${hello}\n  rpc Leave(Ask) returns (Ask);`).replaceAll("Ask", "Question"),
    });
    const renames = ["--rename", "Desk.Bye=Leave", "--rename", "Ask=Question"];
    expect(await run(folder, ...renames)).toMatchObject({ exitCode: 0 });
    expect(await folder.read(handler)).toContain('"shop.Desk.Leave is not written yet"');
    await folder.write({ "proto/desk.proto": proto(hello).replaceAll("Ask", "Question") });
    expect(await run(folder)).toMatchObject({ exitCode: 0 });
    expect(await folder.read(handler)).toBe(plain.replaceAll("Ask", "Question"));
  });

  test("in a terminal: the user is asked, once, and both answers count", async () => {
    for (const yes of [true, false]) {
      const folder = await changed({ [handler]: plain }, { after: proto(greet) });
      const asked: unknown[] = [];
      const result = await runMicroGen(folder.path, [], {
        ask: async (guess) => {
          asked.push(guess);
          return yes ? guess.to[0] : undefined;
        },
      });
      expect(result).toMatchObject({ exitCode: 0 });
      expect(asked).toEqual([{ kind: "rpc", from: "shop.Desk.Hello", to: ["shop.Desk.Greet"] }]);
      expect((await folder.read(handler)).includes("hello(")).toBe(!yes);
    }
  });

  test("nobody is asked with --check, --dry-run, --diff, --json and --quiet", async () => {
    const folder = await changed({ [handler]: plain }, { after: proto(greet) });
    const ask = () => expect.unreachable("asked");
    for (const flag of ["--check", "--dry-run", "--diff", "--json", "--quiet"])
      await runMicroGen(folder.path, [flag], { ask });
  });

  test("is renamed where it is called, inherited, destructured, and in tests", async () => {
    const main = `import { createDeskClient, registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";
declare const service: any;
registerDeskHandler(service.server, new Desk());
const { hello } = createDeskClient(service.client, "x");
await hello({});
`;
    const base = `import type { Ask, Told } from "../gen/desk.ts";
export class Base { hello = (request: Ask): Told => request; }
`;
    const inherits = `import { Base } from "./base.ts";
import type { DeskHandler } from "../gen/desk.service.ts";
export class Desk extends Base implements DeskHandler {
  other(): void { void this.hello; } // hello
}
`;
    const tests = `import { createDeskClient } from "../src/gen/desk.service.ts";
await createDeskClient({} as any, "hello").hello({ name: "hello" });
`;
    const files = {
      "src/main.ts": main,
      "src/handler/base.ts": base,
      [handler]: inherits,
      "test/desk.test.ts": tests,
    };
    const folder = await changed(files, { after: proto(greet) });
    expect(await run(folder, "--rename", "Hello=Greet")).toMatchObject({ exitCode: 0 });
    expect(await folder.read("src/main.ts")).toBe(main.replace("{ hello }", "{ greet: hello }"));
    expect(await folder.read("src/handler/base.ts")).toBe(base.replace("hello", "greet"));
    expect(await folder.read(handler)).toBe(inherits.replace("this.hello", "this.greet"));
    expect(await folder.read("test/desk.test.ts")).toBe(tests.replace(").hello(", ").greet("));
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("an object's shorthand keeps the variable", async () => {
    const object = `import type { Ask, Told } from "../gen/desk.ts";
import type { DeskHandler } from "../gen/desk.service.ts";
const hello = (request: Ask): Told => request;
export const desk: DeskHandler = { hello };
`;
    const folder = await changed({ [handler]: object }, { after: proto(greet) });
    await run(folder, "--rename", "Hello=Greet");
    expect(await folder.read(handler)).toBe(object.replace("{ hello }", "{ greet: hello }"));
  });

  test("a class that only its registration ties to the service is renamed, too", async () => {
    const structural = plain
      .replace(" implements DeskHandler", "")
      .replace(/import type \{ DeskHandler.*\n/, "");
    const main = `import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";
registerDeskHandler({} as any, new Desk());
`;
    const folder = await changed({ [handler]: structural, "src/main.ts": main }, { after: proto(greet) });
    await run(folder, "--rename", "Hello=Greet");
    expect(await folder.read(handler)).toBe(structural.replace("hello(", "greet("));
  });

  test("that the user wrote under its new name already is left as it is, and told", async () => {
    const both = plain.replace("  hello(", "  greet(request: Ask): Told { return request; }\n  hello(");
    const folder = await changed({ [handler]: both }, { after: proto(greet) });
    const { stderr } = await run(folder, "--rename", "Hello=Greet");
    expect(stderr).toContain(`${handler}:5:3 shop.Desk.Greet is written here already`);
    expect(await folder.read(handler)).toBe(both);
  });
});

describe("a message that has another name", () => {
  const after = proto(hello).replaceAll("Ask", "Question");

  test("without a word of the user: told where it is imported", async () => {
    const folder = await changed({ [handler]: plain }, { after });
    const { stderr } = await run(folder);
    expect(stderr).toContain(
      `${handler}:1:15 message shop.Ask is no longer in the schema; if it is called Question now, run micro-gen --rename shop.Ask=Question\n`,
    );
    expect(await folder.read(handler)).toBe(plain);
  });

  test("with --rename: imports, annotations and values have it; strings and comments stay", async () => {
    const more = plain
      .replace("import type { Ask", "import { Ask")
      .replace(
        "return {",
        '/* Ask */ const made: Ask = Ask.create({ name: "Ask" }); void { Ask, made };\n    return {',
      );
    const folder = await changed({ [handler]: more }, { after });
    expect(await run(folder, "--rename", "Ask=Question")).toMatchObject({ exitCode: 0 });
    expect(await folder.read(handler)).toBe(
      more
        .replace("{ Ask, Told", "{ Question, Told")
        .replace("request: Ask", "request: Question")
        .replace("made: Ask = Ask.", "made: Question = Question.")
        .replace("{ Ask, made", "{ Ask: Question, made"),
    );
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  });

  test("also in a run after the one that brought the change", async () => {
    const folder = await changed({ [handler]: plain }, { after });
    await run(folder);
    await run(folder, "--rename", "Ask=Question");
    expect(await folder.read(handler)).toBe(plain.replaceAll("Ask", "Question"));
  });

  test("a file that has a Question of its own keeps the old name for itself", async () => {
    const own = `${plain}type Question = string;\nexport type { Question };\n`;
    const folder = await changed({ [handler]: own }, { after });
    await run(folder, "--rename", "Ask=Question");
    expect(await folder.read(handler)).toBe(own.replace("{ Ask,", "{ Question as Ask,"));
  });

  test("an alias and a namespace keep their own names", async () => {
    const own = plain
      .replace("import type { Ask, Told }", "import type * as gen")
      .replaceAll(": Ask", ": gen.Ask")
      .replaceAll(": Told", ": gen.Told");
    const folder = await changed({ [handler]: own }, { after });
    await run(folder, "--rename", "Ask=Question");
    expect(await folder.read(handler)).toBe(own.replace("gen.Ask", "gen.Question"));
  });

  test("what is inside of it follows", async () => {
    const outer = (name: string) =>
      proto(hello, `message ${name} { Inner inner = 1; message Inner { int32 x = 1; } }\n`);
    const own = `${plain}export type { Outer_Inner as I, Outer } from "../gen/desk.ts";\n`;
    const folder = await changed({ [handler]: own }, { before: outer("Outer"), after: outer("Wrap") });
    await run(folder, "--rename", "Outer=Wrap");
    expect(await folder.read(handler)).toBe(
      own.replace("Outer_Inner as I, Outer", "Wrap_Inner as I, Wrap as Outer"),
    );
  });
});

test("an enum and a service that have other names are followed, everywhere", async () => {
  const before = proto(hello, "enum Size { SMALL = 0; BIG = 1; }\n");
  const after = before.replace("enum Size", "enum Extent").replace("service Desk", "service Till");
  const main = `import { registerDeskHandler as register, Desk as names } from "./gen/desk.service.ts";
import { Size } from "./gen/desk.ts";
import { Desk } from "./handler/desk.ts";
register({} as any, new Desk());
export const sizes: Size[] = [Size.BIG];
void names;
`;
  const folder = await changed({ [handler]: plain, "src/main.ts": main }, { before, after });
  expect(await run(folder, "--rename", "Size=Extent", "--rename", "Desk=Till")).toMatchObject({
    exitCode: 0,
    stderr: expect.not.stringContaining("main.ts:"),
  });
  expect(await folder.read(handler)).toBe(plain.replaceAll("DeskHandler", "TillHandler"));
  expect(await folder.read("src/main.ts")).toBe(
    main
      .replace("registerDeskHandler", "registerTillHandler")
      .replace("Desk as names", "Till as names")
      .replaceAll("Size", "Extent"),
  );
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
});

test("a schema that moved is followed without a question", async () => {
  const folder = await changed({ [handler]: plain }, { after: proto(hello) });
  await folder.remove("proto/desk.proto");
  await folder.write({ "proto/shop/counter.proto": proto(hello) });
  expect(await run(folder)).toMatchObject({ exitCode: 0 });
  expect(await folder.read(handler)).toBe(
    plain
      .replace("../gen/desk.ts", "../gen/shop/counter.ts")
      .replace("../gen/desk.service.ts", "../gen/shop/counter.service.ts"),
  );
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
});

test("renames in CRLF files with tabs and a byte order mark change the names alone", async () => {
  const own = `\uFEFF${plain.replaceAll("\n", "\r\n").replaceAll("  ", "\t")}`;
  const after = proto(greet).replaceAll("Ask", "Question");
  const folder = await changed({ [handler]: own }, { after });
  await run(folder, "--rename", "Ask=Question", "--rename", "Hello=Greet");
  expect(await folder.read(handler)).toBe(own.replaceAll("Ask", "Question").replace("hello(", "greet("));
});

describe("a --rename that cannot be", () => {
  test.each([
    ["Ask", '"Ask" is no rename; write --rename Old=New'],
    ["Ask=Nowhere", "--rename Ask=Nowhere: there is no Nowhere in the schema"],
    ["Told=Question", "--rename Told=Question: shop.Told is still in the schema"],
  ])("%s is refused, and nothing is written", async (rename, message) => {
    const folder = await changed({ [handler]: plain }, { after: proto(hello).replaceAll("Ask", "Question") });
    const tree = await folder.tree();
    const { exitCode, stderr } = await run(folder, "--rename", rename);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(await folder.tree()).toEqual(tree);
  });
});

test("a service that may have another name gets no handler of its own: the rename that is told leaves one", async () => {
  const main = `import { createService } from "@micro-service/runtime";
import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";

const service = await createService({ name: "go.micro.srv.desk" });
registerDeskHandler(service.server, new Desk());
`;
  const folder = await changed(
    { [handler]: plain, "src/main.ts": main },
    { after: proto(hello).replace("service Desk", "service Table") },
  );
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `${handler}:4:1 service shop.Desk is no longer in the schema; if it is called Table now, run micro-gen --rename shop.Desk=Table; if it is another one, remove this handler and write one for that\n`,
  );
  expect(stderr).not.toContain("create    src/handler/table.ts");
  expect(await run(folder, "--rename", "shop.Desk=Table")).toMatchObject({ exitCode: 0 });
  expect(await folder.read("src/main.ts")).toBe(main.replaceAll("registerDesk", "registerTable"));
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
});
