import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, execaNode } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolder, type Folder } from "../../generator/project/folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const preload = fileURLToPath(new URL("kill-after.mjs", import.meta.url));

/** The tool as it is when the test begins: a build in between would change what the runs write. */
let tool: string;
beforeAll(async () => {
  await execa("npx", ["tsc", "-b", "src/generator"], { cwd: root });
  tool = await mkdtemp(join(tmpdir(), "micro-gen-tool-"));
  for (const name of ["bin", "dist", "package.json"])
    await cp(join(root, name), join(tool, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(tool, "node_modules"));
}, 120_000);
afterAll(() => rm(tool, { recursive: true, force: true }));

const run = (folder: Folder, argv: readonly string[], killAfter?: number) =>
  execaNode(join(tool, "bin/micro-gen.js"), argv, {
    cwd: folder.path,
    reject: false,
    nodeOptions: killAfter === undefined ? [] : ["--import", preload],
    env: { KILL_AFTER: String(killAfter) },
  });

const proto = (rpcs: string, more = "") => `syntax = "proto3";
package shop;
message Ask { string name = 1; }
message Told { string name = 1; }
service Desk {
${rpcs}
}
${more}`;
const handler = `import type { DeskHandler } from "../gen/desk.service.ts";
import type { Ask, Told } from "../gen/desk.ts";

export class Desk implements DeskHandler {
  hello(request: Ask): Told {
    return { name: request.name }; // mine
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
const files = {
  "micro.json": JSON.stringify({
    namespace: "go.micro",
    services: [{ name: "go.micro.srv.desk", type: "srv", dir: "." }],
    proto: ["proto"],
    compatibility: "none",
  }),
  "proto/desk.proto": proto("  rpc Hello(Ask) returns (Told);"),
  "proto/old.proto": 'syntax = "proto3";\npackage old;\nmessage Old {}\n',
  "src/handler/desk.ts": handler,
  "src/main.ts": main,
};
const after = proto(
  "  rpc Greet(Ask) returns (Told);\n  rpc Count(Ask) returns (stream Told);",
  "service Till { rpc Sell(Ask) returns (Told); }\n",
);

/** What counts: all but the cache, which is about one machine and time, and the lock of a dead run, which the next that writes takes over. */
async function visible(folder: Folder): Promise<Record<string, string>> {
  const tree = await folder.tree();
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !/^\.micro\/(cache\/|lock$)/.test(path)));
}

async function changed(): Promise<Folder> {
  const folder = await createFolder(files);
  expect(await run(folder, [])).toMatchObject({ exitCode: 0 });
  await folder.write({ "proto/desk.proto": after });
  await folder.remove("proto/old.proto");
  return folder;
}

test("killed at any point, the next run brings it to the end, and no file is ever half written", async () => {
  const before = await changed();
  const done = await createFolder();
  await cp(before.path, done.path, { recursive: true });
  expect(await run(done, ["--rename", "Hello=Greet"])).toMatchObject({ exitCode: 0 });
  const goal = await visible(done);
  expect(goal["src/main.ts"]).toContain("registerTillHandler");
  expect(goal["src/handler/desk.ts"]).toContain("greet(request");
  const start = await visible(before);

  let killed = 0;
  for (let point = 0; ; point++) {
    const folder = await createFolder();
    await cp(before.path, folder.path, { recursive: true });
    const { signal } = await run(folder, ["--rename", "Hello=Greet"], point);
    if (signal !== "SIGKILL") break;
    killed++;
    const now = await visible(folder);
    for (const [path, text] of Object.entries(now)) {
      if (path.startsWith(".micro/") || path.endsWith(".micro-staged")) continue;
      expect([start[path], goal[path]], `${path} at ${point}`).toContain(text);
    }
    // A plain run does as well, once the name is followed.
    const isPlain = point % 2 === 0 && now["src/handler/desk.ts"] !== handler;
    const command = isPlain ? [] : ["--rename", "Hello=Greet"];
    expect(await run(folder, command), `after ${point}`).toMatchObject({ exitCode: 0 });
    expect(await visible(folder), `after ${point}`).toEqual(goal);
  }
  expect(killed).toBeGreaterThan(20);
});

test("two runs at once both end well, and leave what one leaves", async () => {
  const folder = await changed();
  const done = await createFolder();
  await cp(folder.path, done.path, { recursive: true });
  await run(done, ["--rename", "Hello=Greet"]);
  const results = await Promise.all([1, 2, 3].map(() => run(folder, ["--rename", "Hello=Greet"])));
  expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
  expect(await visible(folder)).toEqual(await visible(done));
});
