import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkout, create, linkDependencies, run, temporaryFolder } from "./scaffold-helpers.ts";

const cwd = temporaryFolder();
const quick = ["--yes", "--no-install", "--no-git", "--runtime", "link"];
const kitchen = join(checkout, "test/fixtures/kitchen");

async function scaffold(folder: string, ...args: string[]): Promise<string> {
  const { code, all } = await create([folder, ...quick, ...args], { cwd });
  expect(all).not.toMatch(/error/);
  expect(code).toBe(0);
  linkDependencies(join(cwd, folder));
  return join(cwd, folder);
}

async function npm(project: string, ...args: string[]): Promise<string> {
  const { code, all } = await run("npm", args, { cwd: project });
  expect(code, all).toBe(0);
  return all;
}

describe("a new project works without an edit", () => {
  test("when made from the starter then all three types compile strictly and pass their tests", async () => {
    const project = await scaffold("greeter", "--type", "srv,api,web");
    await npm(project, "run", "build");
    expect(await npm(project, "test")).toMatch(/pass 18$/m);
  }, 60_000);

  test("when made from a schema with everything in it then all three types compile and pass their tests", async () => {
    const project = await scaffold("shop", "--type", "srv,api,web", "--proto", kitchen);
    expect(await npm(project, "test")).toMatch(/fail 0$/m);
  }, 90_000);

  test("when names in the schema are those of the code around them then it works all the same", async () => {
    const nasty = join(checkout, "test/fixtures/nasty-names");
    const project = await scaffold("names", "--type", "srv,api,web", "--proto", nasty);
    expect(await npm(project, "test")).toMatch(/fail 0$/m);
  }, 90_000);

  test.each(["srv", "api", "web"])(
    "when made for the type %s alone then it sits at the root and works",
    async (type) => {
      const project = await scaffold(`lone-${type}`, "--type", type);
      expect(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).name).toBe(
        `lone-${type}-${type}`,
      );
      expect(await npm(project, "test")).toMatch(/fail 0$/m);
    },
    60_000,
  );

  test("when micro-gen runs right behind then it has nothing to do", async () => {
    const project = await scaffold("checked", "--type", "srv,api", "--proto", kitchen);
    const tool = join(checkout, "bin/micro-gen.js");
    const { code, all } = await run(process.execPath, [tool, "--check"], { cwd: join(project, "srv") });
    expect(code, all).toBe(0);
  });

  test("when two packages have type errors then build shows those of both and makes the rest", async () => {
    const project = await scaffold("broken", "--type", "srv,api,web");
    for (const dir of ["srv", "web"])
      appendFileSync(join(project, dir, "src/main.ts"), "export const text: string = 1;\n");
    const { code, all } = await run("npm", ["run", "build"], { cwd: project });
    expect(code).not.toBe(0);
    expect(all).toContain("srv/src/main.ts");
    expect(all).toContain("web/src/main.ts");
    expect(existsSync(join(project, "api/dist/main.js"))).toBe(true);
  }, 60_000);

  test("when the schema has routes, streams and oneofs then README and handler tell and use them", async () => {
    writeFileSync(
      join(cwd, "pay.proto"),
      `syntax = "proto3";
package pay;
import "google/api/annotations.proto";
service Till {
  rpc Pay(Payment) returns (Payment) {
    option (google.api.http) = { post: "/v1/payments/{id}" body: "*" additional_bindings { put: "/v1/pay" body: "*" } };
  }
  rpc Watch(Payment) returns (stream Receipt);
}
message Payment { string id = 1; oneof means { string card = 2; int64 cash = 3; } }
message Receipt { string id = 1; oneof means { string card = 2; int64 cash = 3; bool free = 4; } oneof other { string why = 5; } }
`,
    );
    const project = await scaffold("pay", "--type", "srv,api", "--proto", "pay.proto");
    await npm(project, "run", "build");
    const handler = readFileSync(join(project, "srv/src/handler/till.ts"), "utf8");
    expect(handler.match(/\{ id: request\.id, means: request\.means \}/g)).toHaveLength(2);
    for (const readme of ["README.md", "api/README.md"]) {
      const text = readFileSync(join(project, readme), "utf8");
      expect(text).toContain(
        "| `Till.Pay` | `POST /v1/payments/{id}`, `PUT /v1/pay`, `POST /pay/till/pay` |",
      );
      expect(text).toContain("| `Till.Watch` | `POST /pay/till/watch`; answers with newline-delimited JSON");
    }
  }, 60_000);
});
