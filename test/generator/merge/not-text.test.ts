import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changed, hello, plain, proto, run } from "./desk-project.ts";

const main = `import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";

registerDeskHandler(service.server, new Desk());
`;

test("a handler that is not UTF-8 stays as it is, byte for byte, though main.ts leads to it", async () => {
  const handler = plain.replace(" implements DeskHandler", "");
  const after = proto(`${hello}\n  rpc Count(Ask) returns (Told);`);
  const folder = await changed({ "src/handler/desk.ts": handler, "src/main.ts": main }, { after });
  const latin1 = Buffer.from(`${handler}// caf\xe9 DeskHandler\n`, "latin1");
  await folder.write({ "src/handler/desk.ts": latin1 });
  const { exitCode, stderr } = await run(folder);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("src/handler/desk.ts:1:1 it is not UTF-8 text");
  expect(await readFile(join(folder.path, "src/handler/desk.ts"))).toEqual(latin1);
});
