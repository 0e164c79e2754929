import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder, type Folder } from "../project/folder.ts";

const proto = (rpcs: string, more = "") => `syntax = "proto3";
package shop;
message Ask { string name = 1; }
message Told { string name = 1; }
service Desk {
${rpcs}
}
${more}`;
const hello = "  rpc Hello(Ask) returns (Told);";
const added = `${hello}
  // How many there are.
  rpc Count(Ask) returns (stream Told);`;

const microJson = (type = "srv") =>
  JSON.stringify({
    namespace: "go.micro",
    services: [{ name: `go.micro.${type}.desk`, type, dir: "." }],
    proto: ["proto"],
    compatibility: "none",
  });

const run = (folder: Folder, ...argv: string[]) => runMicroGen(folder.path, argv);

const imports = `import type { Ask, Told } from "../gen/desk.ts";
import type { DeskHandler } from "../gen/desk.service.ts";
`;
const plain = `${imports}
export class Desk implements DeskHandler {
  hello(request: Ask): Told {
    return { name: request.name };
  }
}
`;

/** A project whose code is up to date, and then its schema gets the second rpc. */
async function changed(
  handler: string,
  more: Record<string, string> = {},
  { before = proto(hello), after = proto(added), type = "srv" } = {},
): Promise<Folder> {
  const folder = await createFolder({
    "micro.json": microJson(type),
    "proto/desk.proto": before,
    "src/handler/desk.ts": handler,
    ...more,
  });
  expect((await run(folder)).exitCode).toBe(0);
  expect(await folder.read("src/handler/desk.ts")).toBe(handler);
  await folder.write({ "proto/desk.proto": after });
  return folder;
}

/** Runs micro-gen, and once more to see that nothing is left to do. */
async function fitted(folder: Folder): Promise<string> {
  expect(await run(folder)).toMatchObject({ exitCode: 0 });
  const text = await folder.read("src/handler/desk.ts");
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
  return text;
}

const count = (indent: string, n = "\n") =>
  [
    "/** How many there are. */",
    "count(_request: Ask): AsyncIterable<MessageInit<Told>> {",
    '  throw notImplemented("go.micro.srv.desk", "shop.Desk.Count is not written yet");',
    "}",
  ]
    .map((line) => indent + line.replace(/^ {2}/, indent || "  "))
    .join(n);

const newImport = `import { type MessageInit, notImplemented } from "@micro-service/runtime";\n`;

describe("a new rpc", () => {
  test("becomes a member that throws Unimplemented, with the imports it needs", async () => {
    expect(await fitted(await changed(plain))).toBe(`import type { Ask, Told } from "../gen/desk.ts";
import type { DeskHandler } from "../gen/desk.service.ts";
import { type MessageInit, notImplemented } from "@micro-service/runtime";

export class Desk implements DeskHandler {
  hello(request: Ask): Told {
    return { name: request.name };
  }

${count("  ")}
}
`);
  });

  test("is planned and not written by --dry-run, --diff, --json and --check", async () => {
    const folder = await changed(plain);
    const before = await folder.tree();
    expect((await run(folder, "--dry-run")).stdout).toContain("update    src/handler/desk.ts\n");
    expect((await run(folder, "--diff")).stdout).toContain("+  count(_request: Ask)");
    const { files } = JSON.parse((await run(folder, "--json", "--check")).stdout);
    expect(files).toContainEqual({ path: "src/handler/desk.ts", action: "update", class: "managed" });
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 4 });
    expect(await folder.tree()).toEqual(before);
  });

  test("is left to the user in a file that .microgenignore names", async () => {
    const folder = await changed(plain, { ".microgenignore": "src/handler\n" });
    expect(await run(folder)).toMatchObject({ exitCode: 0 });
    expect(await folder.read("src/handler/desk.ts")).toBe(plain);
  });
});

const body = "    return { name: request.name };";
const styles: readonly (readonly [name: string, handler: string])[] = [
  ["CRLF line ends", plain.replaceAll("\n", "\r\n")],
  ["tabs", plain.replace(/^( {2})+/gm, (spaces) => "\t".repeat(spaces.length / 2))],
  ["a byte order mark", `\uFEFF${plain}`],
  ["no line end at the end", plain.trimEnd()],
  ["no semicolons and single quotes", plain.replaceAll(";", "").replaceAll('"', "'")],
  [
    "everything on one line",
    `${imports}export class Desk implements DeskHandler { hello(r: Ask): Told { return r } }`,
  ],
  ["a comment behind everything", plain.replace(/ {2}\}\n\}/, "  } // kept\n  // last\n}")],
  ["comments inside of the import", plain.replace("Ask, Told", "Ask, // one\n  Told, /* two */")],
  ["a list of imports with a line for each", plain.replace(" Ask, Told ", "\n  Ask,\n  Told,\n")],
  ["a comment behind the last import", plain.replace('service.ts";', 'service.ts"; // the handler')],
  ["an arrow function", plain.replace("hello(request: Ask): Told {", "hello = (request: Ask): Told => {")],
  ["a renamed class", plain.replace("class Desk", "class Counter")],
  [
    "an alias of the interface",
    plain
      .replace("{ DeskHandler }", "{ DeskHandler as H }")
      .replace("implements DeskHandler", "implements H"),
  ],
  [
    "a namespace import",
    plain
      .replace("{ DeskHandler }", "* as gen")
      .replace("implements DeskHandler", "implements gen.DeskHandler"),
  ],
  [
    "a private field and a constructor",
    plain.replace("  hello(", "  readonly #x = 1;\n  constructor(readonly y = 2) {}\n  hello("),
  ],
  [
    "a decorator",
    plain
      .replace("export class", "declare const log: (...x: unknown[]) => any;\n@log\nexport class")
      .replace("  hello(", "  @log\n  hello("),
  ],
  [
    "an object",
    `${imports}\nexport const desk: DeskHandler = {\n  hello: (request) => {\n${body}\n  },\n};\n`,
  ],
  [
    "an object without a comma",
    `${imports}\nexport const desk = {\n  hello(request) {\n${body}\n  } // kept\n} satisfies DeskHandler;\n`,
  ],
  [
    "an object of a function",
    `${imports}\nexport function desk(): DeskHandler {\n  return {\n    async hello(request) {\n  ${body}\n    },\n  };\n}\n`,
  ],
  [
    "an object of an arrow function on one line",
    `${imports}\nexport const desk = (): DeskHandler => ({ hello: (r: Ask) => r });\n`,
  ],
  [
    "names that are taken",
    plain.replace(
      "export class",
      "const notImplemented = 1;\ntype MessageInit = 2;\nvoid notImplemented;\nexport type { MessageInit };\nexport class",
    ),
  ],
  [
    "an import of what is needed",
    plain
      .replace(
        "import type",
        'import { notImplemented, type MessageInit } from "@micro-service/runtime";\nimport type',
      )
      .replace(body, `    if (request) throw notImplemented("a", "b");\n${body}`),
  ],
  ["an empty body", `${imports}export class Desk implements DeskHandler {}\n`],
];

test.each(styles)("%s: what the user wrote stays, and a member is added", async (_name, handler) => {
  const before = handler.includes("{}\n") && handler.endsWith("Handler {}\n") ? proto("") : proto(hello);
  const text = await fitted(await changed(handler, {}, { before }));
  expect(text).toMatch(/\bcount\(_request: Ask\)/);
  expect(isWithin(handler, text)).toBe(true);
  if (handler.includes("\r\n")) expect(text).not.toMatch(/(?<!\r)\n/);
  expect(text).toMatchSnapshot();
});

/** Every character of the one is in the other, in order. */
function isWithin(old: string, now: string): boolean {
  let at = 0;
  for (const char of now) if (char === old[at]) at++;
  return at === old.length;
}

/** The handler with a class element behind everything else. */
const ending = (element: string) => plain.replace(/\n\}\n$/, `\n${element}\n}\n`);

test.each([
  ["a static block", "  static { void 0; }"],
  ["a constructor", "  constructor() { void 0; }"],
  ["an index signature", "  [key: string]: unknown;"],
  ["a semicolon", "  ;"],
  ["a static accessor", "  static get x() { return 1; }"],
  ["overloads", "  more(x: 1): void;\n  more(x: 2): void;\n  more(x: unknown): void { void x; }"],
  ["a computed field", "  [Symbol.iterator] = 1;"],
  ["an auto-accessor", "  accessor x = 1;"],
])("%s at the end of a class: the member comes behind it", async (_, element) => {
  const handler = ending(element);
  expect(await fitted(await changed(handler))).toBe(
    handler
      .replace('service.ts";\n', `service.ts";\n${newImport}`)
      .replace(/\n\}\n$/, `\n\n${count("  ")}\n}\n`),
  );
});

test.each(["get", "set", "static", "async", "accessor", "readonly", "x = 1", "declare x", "x?: Ask // why"])(
  "a last field `%s` without a semicolon is ended before the member that comes behind it",
  async (field) => {
    const handler = ending(`  ${field}`);
    const code = field.replace(/ *\/\/.*/, "");
    expect(await fitted(await changed(handler))).toBe(
      handler
        .replace('service.ts";\n', `service.ts";\n${newImport}`)
        .replace(`  ${code}`, () => `  ${code};`)
        .replace(/\n\}\n$/, `\n\n${count("  ")}\n}\n`),
    );
  },
);

test("a member that goes leaves the field before it ended", async () => {
  const handler = plain
    .replace("  hello(", "  x = 1\n\n  hello(")
    .replace(/\n\}\n$/, '\n\n  ["y"]() {}\n}\n');
  const folder = await changed(handler);
  const text = await fitted(folder);
  const last = text.slice(text.indexOf("  ["), text.lastIndexOf("}"));
  const member = text.slice(text.indexOf("\n  /** How many"), text.lastIndexOf("}"));
  const moved = text.replace(member, "").replace("\n\n  hello(", () => `\n${member}\n  hello(`);
  expect(last).toContain("count(");
  const between = moved.replace(/ {2}hello[\s\S]*?\n {2}\}\n\n/, "");
  await folder.write({ "src/handler/desk.ts": between, "proto/desk.proto": proto(hello) });
  await run(folder);
  expect(await folder.read("src/handler/desk.ts")).toContain('x = 1;\n\n  ["y"]() {}');
});

describe("members that are there already", () => {
  test.each([["inherited", `import { Base } from "../base.ts";\n`, "extends Base implements DeskHandler"]])(
    "%s: nothing is added",
    async (_name, more, clause) => {
      const handler = more + plain.replace("implements DeskHandler", clause);
      const base = `import type { Ask, Told } from "./gen/desk.ts";
export class Base { async *count(_: Ask): AsyncIterable<Told> { yield { name: "a" }; } }\n`;
      expect(await fitted(await changed(handler, { "src/base.ts": base }))).toBe(handler);
    },
  );

  test("of a base that nobody finds: the place is told and nothing is added", async () => {
    const handler = `import { Base } from "nowhere";\n${plain.replace("implements", "extends Base implements")}`;
    const folder = await changed(handler);
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("src/handler/desk.ts:5:1 whether count of shop.Desk is here cannot be told");
    expect(await folder.read("src/handler/desk.ts")).toBe(handler);
  });

  test("spread into an object: nothing is added", async () => {
    const handler = `${imports}const base = { async *count(a: Ask) { yield a; } };
export const desk: DeskHandler = { ...base, hello: (a) => a };\n`;
    expect(await fitted(await changed(handler))).toBe(handler);
  });
});

test("a class that only main.ts registers is found by what it is registered for", async () => {
  const handler = plain.replace(" implements DeskHandler", "").replace(/import type \{ DeskHandler.*\n/, "");
  const main = `import { Desk } from "./handler/desk.ts";
import { registerDeskHandler } from "./gen/desk.service.ts";
declare const service: any;
registerDeskHandler(service.server, new Desk());\n`;
  expect(await fitted(await changed(handler, { "src/main.ts": main }))).toContain("count(_request: Ask)");
});

test.each([
  ["a class", `${plain.replace("class Desk", "class Fake")}`],
  ["an object", `${imports}export const fake = { hello: (a: Ask): Told => a } satisfies DeskHandler;\n`],
])(
  "a class that main.ts registers is found beside another handler that says what it is: %s",
  async (_, fake) => {
    const handler = plain
      .replace(" implements DeskHandler", "")
      .replace(/import type \{ DeskHandler.*\n/, "");
    const main = `import { Desk } from "./handler/desk.ts";
import { registerDeskHandler } from "./gen/desk.service.ts";
declare const service: any;
registerDeskHandler(service.server, new Desk());\n`;
    const folder = await changed(handler, { "src/main.ts": main, "src/handler/fake.ts": fake });
    expect(await fitted(folder)).toContain("count(_request: Ask)");
    expect(await folder.read("src/handler/fake.ts")).toContain("count(_request: Ask)");
  },
);

test("an object that another handler is spread in gets what that one lacks by it alone", async () => {
  const handler = `${imports}export const base = { hello: (a: Ask): Told => a } satisfies DeskHandler;\n`;
  const main = `import { base } from "./handler/desk.ts";
import { registerDeskHandler } from "./gen/desk.service.ts";
declare const service: any;
registerDeskHandler(service.server, { ...base });\n`;
  const folder = await changed(handler, { "src/main.ts": main });
  const { stderr } = await run(folder);
  expect(stderr).not.toContain("lacks");
  expect(await folder.read("src/handler/desk.ts")).toContain("count(_request: Ask)");
});

test.each([
  ["frozen", "export const desk: DeskHandler = Object.freeze({ hello: (a: Ask): Told => a });"],
  [
    "chosen",
    "export const desk: DeskHandler = Math.random() > 1 ? { hello: (a: Ask): Told => a } : { hello: (a: Ask): Told => a };",
  ],
])("an object that is %s gets its member", async (_, code) => {
  const text = await fitted(await changed(`${imports}${code}\n`));
  expect(text.match(/count\(_/g)).toHaveLength(text.match(/hello/g)?.length as number);
});

test.each([
  [
    "assigned",
    "const base = {};\nexport const desk: DeskHandler = Object.assign(base, { hello: (a: Ask): Told => a });",
    "src/handler/desk.ts:5:20",
  ],
  [
    "made elsewhere",
    "declare function make(): DeskHandler;\nexport const desk = make();",
    "src/handler/desk.ts:4:26",
  ],
])("a handler in a form that is not followed is told at its place: %s", async (_, code, place) => {
  const handler = `${imports}\n${code}\n`;
  const folder = await changed(handler);
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `${place} where shop.Desk is handled cannot be told; add count there if it lacks them\n`,
  );
  expect(await folder.read("src/handler/desk.ts")).toBe(handler);
});

test("a registration under another name is told at its place", async () => {
  const handler = plain.replace(" implements DeskHandler", "").replace(/import type \{ DeskHandler.*\n/, "");
  const main = `import { Desk } from "./handler/desk.ts";
import { registerDeskHandler } from "./gen/desk.service.ts";
const register = registerDeskHandler;
declare const service: any;
register(service.server, new Desk());\n`;
  const folder = await changed(handler, { "src/main.ts": main });
  expect((await run(folder)).stderr).toContain("src/main.ts:3:18 where shop.Desk is handled cannot be told");
});

test.each(["mts", "cts"])("a handler in a .%s file gets its member", async (extension) => {
  const path = `src/handler/desk.${extension}`;
  const own = `import { x } from "./x.${extension}";\n${plain
    .replace(/^import type \{ Ask.*\n/, "")
    .replaceAll("Told", "any")
    .replaceAll("Ask", "any")}`;
  const folder = await changed("export {};\n", {
    [path]: own,
    [`src/handler/x.${extension}`]: "export const x = 1;\n",
  });
  expect(await run(folder)).toMatchObject({ exitCode: 0 });
  const text = await folder.read(path);
  expect(text).toContain("count(_request: Ask)");
  expect(text).toContain('from "../gen/desk.ts"');
});

test.each([
  [
    "larger than 1 MiB",
    async (folder: Folder) => folder.write({ "src/handler/own.ts": `${plain}//${"x".repeat(1 << 20)}` }),
  ],
  [
    "a symbolic link",
    async (folder: Folder) => symlink("/nowhere/own.ts", join(folder.path, "src/handler/own.ts")),
  ],
])(
  "a handler that is %s is told when its service changes, all else is written, exit 4",
  async (why, make) => {
    const folder = await changed(plain);
    await make(folder);
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(
      new RegExp(
        `src/handler/own.ts:1:1 .*${why}.*, so it was not looked at; bring it in step by hand if it handles shop.Desk\n`,
      ),
    );
    expect(await folder.read("src/handler/desk.ts")).toContain("count(_request: Ask)");
    expect(await run(folder)).toMatchObject({ exitCode: 0 });
  },
);

test("several handlers in one file each get their own", async () => {
  const two = (rpcs: string) => proto(rpcs, `service Till {\n${rpcs}\n}\n`);
  const handler = `import type { Ask, Told } from "../gen/desk.ts";
import type { DeskHandler, TillHandler } from "../gen/desk.service.ts";
export class A implements DeskHandler { hello(a: Ask): Told { return a; } }
export class B implements TillHandler { hello(a: Ask): Told { return a; } }
`;
  const text = await fitted(await changed(handler, {}, { before: two(hello), after: two(added) }));
  expect(text.match(/count\(/g)).toHaveLength(2);
  expect(text).toContain("shop.Till.Count");
  expect(text.match(/MessageInit,/g)).toHaveLength(1);
});

test("a handler outside of src/handler is told and left alone", async () => {
  const folder = await changed("export {};\n", {
    "src/desk.ts": plain.replaceAll("../gen", "./gen"),
  });
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("src/desk.ts:4:1 the handler of shop.Desk lacks count");
});

test("an rpc that went away or changed kind is told at its place and left alone", async () => {
  const handler = plain.replace(/\}\n$/, "\n  gone(): void {}\n}\n");
  const folder = await changed(
    handler,
    {},
    {
      before: proto(`${hello}\n  rpc Gone(Ask) returns (Told);`),
      after: proto("  rpc Hello(Ask) returns (stream Told);"),
    },
  );
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("src/handler/desk.ts:5:3 rpc Hello now has one request and a stream of responses");
  expect(stderr).toContain("src/handler/desk.ts:9:3 rpc Gone is no longer in shop.Desk");
  expect(await folder.read("src/handler/desk.ts")).toBe(handler);
});

const streamed = "  rpc Hello(Ask) returns (stream Told);";
const collected = "  rpc Hello(stream Ask) returns (Told);";

test.each([
  ["a generator", hello, streamed, "async *hello(request: Ask) { yield request; }"],
  ["an arrow function", streamed, hello, "hello = async (request: Ask): Promise<Told> => request;"],
  [
    "an annotated stream",
    hello,
    collected,
    "async hello(all: AsyncIterable<Ask>) { for await (const one of all) return one; return {}; }",
  ],
])(
  "an rpc of another kind is not told of a member that has that kind already: %s",
  async (_, before, after, code) => {
    const handler = plain.replace(/ {2}hello[\s\S]*?\n {2}\}/, `  ${code}`);
    const folder = await changed(handler, {}, { before: proto(before), after: proto(after) });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain("change this member");
    expect(await folder.read("src/handler/desk.ts")).toBe(handler);
  },
);

test.each([
  ["what it gives", hello, streamed, "hello(request: Ask): Told { return request; }"],
  ["what it takes", hello, collected, "hello(request: Ask): Told { return request; }"],
  ["a parameter that says nothing of what it takes", collected, hello, "hello = async (request) => ({});"],
])("an rpc of another kind is told of a member that has another one: %s", async (_, before, after, code) => {
  const handler = plain.replace(/ {2}hello[\s\S]*?\n {2}\}/, `  ${code}`);
  const folder = await changed(handler, {}, { before: proto(before), after: proto(after) });
  expect((await run(folder)).stderr).toContain("src/handler/desk.ts:5:3 rpc Hello now has");
});

test("a handler that does not parse: its error and place, all else is written, exit 4", async () => {
  const folder = await changed(plain);
  await folder.write({ "src/handler/desk.ts": plain.replace("hello(request", "hello((request") });
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/src\/handler\/desk\.ts:5:\d+ /);
  expect(await folder.read("src/gen/desk.service.ts")).toContain("count");
  expect(await run(folder)).toMatchObject({ exitCode: 4 });
  await folder.write({ "src/handler/desk.ts": plain });
  expect(await fitted(folder)).toContain("count(_request: Ask)");
});

test("in an API the new member forwards as the others do", async () => {
  const handler = `import type { Ask, Told } from "../gen/desk.ts";
import type { DeskClient, DeskHandler } from "../gen/desk.service.ts";

export class Desk implements DeskHandler {
  readonly #srv: DeskClient;

  constructor(srv: DeskClient) {
    this.#srv = srv;
  }

  hello(request: Ask): Promise<Told> {
    return this.#srv.hello(request);
  }
}
`;
  const text = await fitted(await changed(handler, {}, { type: "api" }));
  expect(text).toBe(
    handler.replace(
      /\}\n$/,
      `
  /** How many there are. */
  count(request: Ask): AsyncIterable<Told> {
    return this.#srv.count(request);
  }
}
`,
    ),
  );
});

test("a service that is new gets its handler, and what main.ts has to call is told; deleted it stays away", async () => {
  const after = proto(hello, "service Till { rpc Sell(Ask) returns (Told); }\n");
  const folder = await changed(plain, { "src/main.ts": "\n" }, { after });
  const { stderr } = await run(folder);
  expect(stderr).toContain("create    src/handler/till.ts");
  expect(stderr).toContain(
    "src/main.ts:1:1 shop.Till is new; serve it: registerTillHandler(service.server, new Till())",
  );
  expect(await folder.read("src/handler/till.ts")).toContain("class Till implements TillHandler");
  await folder.remove("src/handler/till.ts");
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
});

test("what only looks like a handler gets nothing", async () => {
  const handler = `${imports}
declare class Ambient implements DeskHandler { hello(request: Ask): Told; }
export const part = { hello: (request: Ask): Told => request } as unknown as DeskHandler;
export const cast = {} as DeskHandler;
export const some: Partial<DeskHandler> = {};
export type { Ambient };
`;
  expect(await fitted(await changed(handler))).toBe(handler);
});

test("a static member and one in a comment are not the handler's", async () => {
  const handler = plain.replace("  hello(", "  // count(request)\n  static count() {}\n  hello(");
  expect(await fitted(await changed(handler))).toContain("count(_request: Ask)");
});

test("a new service of the same name in another package gets its own handler", async () => {
  const folder = await changed(plain);
  await folder.write({
    "proto/v2/desk.proto": proto(hello).replace("package shop", "package shop.v2"),
  });
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("create    src/handler/shop-v2-desk.ts");
  expect(stderr).toContain("update    src/handler/desk.ts");
  expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
});
