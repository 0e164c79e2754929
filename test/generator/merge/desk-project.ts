import { expect } from "vitest";
import { type Result, runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder, type Folder } from "../project/folder.ts";

/** A schema of the package `shop` with the service Desk. */
export const proto = (rpcs: string, more = ""): string => `syntax = "proto3";
package shop;
message Ask { string name = 1; }
message Told { string name = 1; }
service Desk {
${rpcs}
}
${more}`;

export const hello = "  rpc Hello(Ask) returns (Told);";

export const microJson = (type = "srv"): string =>
  JSON.stringify({
    namespace: "go.micro",
    services: [{ name: `go.micro.${type}.desk`, type, dir: "." }],
    proto: ["proto"],
    compatibility: "none",
  });

export const run = (folder: Folder, ...argv: string[]): Promise<Result> => runMicroGen(folder.path, argv);

export const imports = `import type { Ask, Told } from "../gen/desk.ts";
import type { DeskHandler } from "../gen/desk.service.ts";
`;

/** A handler as simple as they come. */
export const plain = `${imports}
export class Desk implements DeskHandler {
  hello(request: Ask): Told {
    return { name: request.name };
  }
}
`;

/** A project whose code is up to date, and then its schema is another. */
export async function changed(
  files: Record<string, string>,
  { before = proto(hello), after, type = "srv" }: { before?: string; after: string; type?: string },
): Promise<Folder> {
  const folder = await createFolder({ "micro.json": microJson(type), "proto/desk.proto": before, ...files });
  expect(await run(folder)).toMatchObject({ exitCode: 0 });
  for (const [path, content] of Object.entries(files)) expect(await folder.read(path)).toBe(content);
  await folder.write({ "proto/desk.proto": after });
  return folder;
}

/** Every character of the one is in the other, in order. */
export function isWithin(old: string, now: string): boolean {
  let at = 0;
  for (let index = 0; index < now.length; index++) if (now[index] === old[at]) at++;
  return at === old.length;
}
