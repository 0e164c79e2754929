import { cp } from "node:fs/promises";
import { expect, test } from "vitest";
import { createFolder } from "../../generator/project/folder.ts";
import { changedDesk, deskFiles, installDeskTool, visible } from "./desk.ts";

const tool = installDeskTool();
const { run } = tool;

test("killed at any point, the next run brings it to the end, and no file is ever half written", async () => {
  const before = await changedDesk(tool);
  const done = await createFolder();
  await cp(before.path, done.path, { recursive: true });
  expect(await run(done.path, ["--rename", "Hello=Greet"])).toMatchObject({ exitCode: 0 });
  const goal = await visible(done);
  expect(goal["src/main.ts"]).toContain("registerTillHandler");
  expect(goal["src/handler/desk.ts"]).toContain("greet(request");
  const start = await visible(before);

  let killed = 0;
  for (let point = 0; ; point++) {
    const folder = await createFolder();
    await cp(before.path, folder.path, { recursive: true });
    const { signal } = await run(folder.path, ["--rename", "Hello=Greet"], {
      module: "kill-after.mjs",
      env: { KILL_AFTER: String(point) },
    });
    if (signal !== "SIGKILL") break;
    killed++;
    const now = await visible(folder);
    for (const [path, text] of Object.entries(now)) {
      if (path.startsWith(".micro/") || path.endsWith(".micro-staged")) continue;
      expect([start[path], goal[path]], `${path} at ${point}`).toContain(text);
    }
    // A plain run does as well, once the name is followed.
    const isPlain = point % 2 === 0 && now["src/handler/desk.ts"] !== deskFiles["src/handler/desk.ts"];
    const command = isPlain ? [] : ["--rename", "Hello=Greet"];
    expect(await run(folder.path, command), `after ${point}`).toMatchObject({ exitCode: 0 });
    expect(await visible(folder), `after ${point}`).toEqual(goal);
  }
  expect(killed).toBeGreaterThan(20);
});

test("two runs at once both end well, and leave what one leaves", async () => {
  const folder = await changedDesk(tool);
  const done = await createFolder();
  await cp(folder.path, done.path, { recursive: true });
  await run(done.path, ["--rename", "Hello=Greet"]);
  const results = await Promise.all([1, 2, 3].map(() => run(folder.path, ["--rename", "Hello=Greet"])));
  expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
  expect(await visible(folder)).toEqual(await visible(done));
});
