import { cp } from "node:fs/promises";
import { expect, test } from "vitest";
import { createFolder } from "../../generator/project/folder.ts";
import { CTRL_C, ENTER, typeInto } from "./at-terminal.ts";
import { changedDesk, installDeskTool, preloadPath, visible } from "./desk.ts";

// Ctrl-C as a person types it: the terminal turns it into the signal. Needs Python, which has pseudo-terminals.
const tool = installDeskTool();
const question = "is gone, and your code uses it.";

test("Ctrl-C at the question about a name changes nothing, and the answer given later is followed", async () => {
  const folder = await changedDesk(tool);
  const before = await visible(folder);
  const { code, stdout } = await typeInto([["select", CTRL_C]], [tool.bin], { cwd: folder.path });
  expect(stdout).toContain(question);
  expect(code).toBe(130);
  expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
  expect(await visible(folder)).toEqual(before);

  const answered = await typeInto([["select", ENTER]], [tool.bin], { cwd: folder.path });
  expect(answered.code, answered.stdout).toBe(0);
  expect(await folder.read("src/handler/desk.ts")).toContain("greet(request");
});

test("Ctrl-C before the first file is replaced changes nothing; later, the run is finished first", async () => {
  const folder = await changedDesk(tool);
  const before = await visible(folder);
  const done = await createFolder();
  await cp(folder.path, done.path, { recursive: true });
  const rename = ["--rename", "Hello=Greet"];
  expect(await tool.run(done.path, rename)).toMatchObject({ exitCode: 0 });
  const after = await visible(done);

  const waitForCtrlC = preloadPath("wait-for-ctrl-c.mjs");
  let writes = 0;
  for (let point = 0; ; point++) {
    const copy = await createFolder();
    await cp(folder.path, copy.path, { recursive: true });
    const { code, stdout } = await typeInto(
      [["Waiting in front of", CTRL_C]],
      ["--import", waitForCtrlC, tool.bin, ...rename],
      { cwd: copy.path, env: { WAIT_AT: String(point) } },
    );
    expect(code, stdout).toBe(130);
    const isCommitting = stdout.includes("Waiting in front of renameSync");
    expect(await visible(copy), `at ${point}: ${stdout}`).toEqual(isCommitting ? after : before);
    if (isCommitting) break;
    writes++;
  }
  expect(writes).toBeGreaterThan(10);
});
