import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, execaNode } from "execa";
import { afterAll, beforeAll, expect } from "vitest";
import { createFolder, type Folder } from "../../generator/project/folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A module of this folder, told by the environment what to do. */
export interface Preload {
  readonly module: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The tool as it is when the test begins: a build in between would change what the runs write. */
export function installDeskTool() {
  let tool = "";
  beforeAll(async () => {
    await execa("npx", ["tsc", "-b", "src/generator"], { cwd: root });
    tool = await mkdtemp(join(tmpdir(), "micro-gen-tool-"));
    for (const name of ["bin", "dist", "package.json"])
      await cp(join(root, name), join(tool, name), { recursive: true });
    await symlink(join(root, "node_modules"), join(tool, "node_modules"));
  }, 120_000);
  afterAll(() => rm(tool, { recursive: true, force: true }));
  return {
    /** Path of micro-gen. */
    get bin() {
      return join(tool, "bin/micro-gen.js");
    },
    /** Runs it in a folder, with a program in front of it. */
    run: (folder: string, argv: readonly string[], preload?: Preload) =>
      execaNode(join(tool, "bin/micro-gen.js"), argv, {
        cwd: folder,
        reject: false,
        nodeOptions: preload === undefined ? [] : ["--import", preloadPath(preload.module)],
        env: { ...preload?.env },
      }),
  };
}

export type DeskTool = ReturnType<typeof installDeskTool>;

/** Where a module of this folder is. */
export function preloadPath(module: string): string {
  return fileURLToPath(new URL(module, import.meta.url));
}

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
/** A project of one service, whose handler is the user's. */
export const deskFiles = {
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
/** Its schema later: an rpc has another name, another is new, and so is a service. */
export const deskAfter = proto(
  "  rpc Greet(Ask) returns (Told);\n  rpc Count(Ask) returns (stream Told);",
  "service Till { rpc Sell(Ask) returns (Told); }\n",
);

/** What counts: all but the cache, which is about one machine and time, and the lock of a dead run, which the next that writes takes over. */
export async function visible(folder: Pick<Folder, "tree">): Promise<Record<string, string>> {
  const tree = await folder.tree();
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !/^\.micro\/(cache\/|lock$)/.test(path)));
}

/** The project, generated, and then its schema changed; one schema is gone. */
export async function changedDesk({ run }: DeskTool): Promise<Folder> {
  const folder = await createFolder(deskFiles);
  expect(await run(folder.path, [])).toMatchObject({ exitCode: 0 });
  await folder.write({ "proto/desk.proto": deskAfter });
  await folder.remove("proto/old.proto");
  return folder;
}
