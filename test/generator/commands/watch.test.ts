import { writeFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hello, microJson, plain, proto } from "../merge/desk-project.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

interface Watching {
  /** All that was said so far. */
  readonly said: () => string;
  /** Waits until a text is said that was not said before. */
  hears(text: string): Promise<void>;
  /** Does something once, while a text is said. */
  when(text: string, act: () => void): void;
  stop(): Promise<number>;
}

/** `micro-gen --watch` in a folder. */
async function watch(folder: Folder, ...argv: string[]): Promise<Watching> {
  const abort = new AbortController();
  let said = "";
  let heard = 0;
  let listen: (() => void) | undefined;
  let reaction: { readonly text: string; act(): void } | undefined;
  const ends = runMicroGen(folder.path, ["--watch", ...argv], {
    signal: abort.signal,
    ask: () => expect.unreachable("it asked"),
    onStderr: (text) => {
      said += text;
      if (reaction !== undefined && text.includes(reaction.text)) {
        reaction.act();
        reaction = undefined;
      }
      listen?.();
    },
  });
  onTestFinished(() => abort.abort());
  return {
    said: () => said,
    hears: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const at = said.indexOf(text, heard);
          if (at === -1) return;
          heard = at + text.length;
          listen = undefined;
          resolve();
        };
        listen = look;
        abort.signal.addEventListener("abort", () => reject(new Error(`not said: ${text}\n${said}`)));
        look();
      }),
    when(text, act) {
      reaction = { text, act };
    },
    async stop() {
      abort.abort();
      return (await ends).exitCode;
    },
  };
}

const project = () =>
  createFolder({ "micro.json": microJson(), "proto/desk.proto": proto(hello), "src/handler/desk.ts": plain });
const count = `${hello}\n  rpc Count(Ask) returns (stream Told);`;

test("--watch generates at once, and again when a schema is saved, in place or by a rename", async () => {
  const folder = await project();
  const watching = await watch(folder);
  await watching.hears("create    src/gen/desk.ts");
  await watching.hears("Watching the schemas; Ctrl-C ends.");
  await folder.write({ "proto/desk.proto": proto(count) });
  await watching.hears("update    src/handler/desk.ts");
  await watching.hears("updated");
  await writeFile(join(folder.path, "proto/.desk.swp"), proto(hello));
  await rename(join(folder.path, "proto/.desk.swp"), join(folder.path, "proto/desk.proto"));
  await watching.hears("update    src/handler/desk.ts");
  await watching.hears("updated");
  expect(await folder.read("src/handler/desk.ts")).toBe(plain);
  expect(await watching.stop()).toBe(130);
});

test("--watch survives a broken schema, a broken micro.json and a broken handler, and goes on when they are mended", async () => {
  const folder = await project();
  const watching = await watch(folder);
  await watching.hears("Watching");
  const generated = await folder.read("src/gen/desk.ts");

  await folder.write({ "proto/desk.proto": proto(hello).replace("string", "strin") });
  await watching.hears("1 mistake in the schema; nothing was written.");
  expect(await folder.read("src/gen/desk.ts")).toBe(generated);

  await folder.write({ "micro.json": "{" });
  await watching.hears("micro.json: it is not JSON");
  await folder.write({ "micro.json": microJson(), "proto/desk.proto": proto(hello) });

  await folder.write({ "src/handler/desk.ts": plain.replace("hello(", "hello((") });
  await folder.write({ "proto/desk.proto": proto(count) });
  await watching.hears("src/handler/desk.ts:5:");
  await folder.write({ "src/handler/desk.ts": plain });
  await watching.hears("update    src/handler/desk.ts");
  await watching.hears("updated");
  expect(await watching.stop()).toBe(130);
});

test("--watch sees that a handler is mended while the run that tells of it goes on", async () => {
  const folder = await project();
  const watching = await watch(folder);
  await watching.hears("Watching");
  await folder.write({ "src/handler/desk.ts": plain.replace("hello(", "hello((") });
  watching.when("src/handler/desk.ts:5:", () =>
    writeFileSync(join(folder.path, "src/handler/desk.ts"), plain),
  );
  await folder.write({ "proto/desk.proto": proto(count) });
  await watching.hears("update    src/handler/desk.ts");
  await watching.stop();
});

test("--watch sees schemas in folders that are new, and schemas that go", async () => {
  const folder = await project();
  const watching = await watch(folder);
  await watching.hears("Watching");
  await mkdir(join(folder.path, "proto/a/b"), { recursive: true });
  await folder.write({ "proto/a/b/more.proto": 'syntax = "proto3";\npackage more;\nmessage More {}\n' });
  await watching.hears("create    src/gen/a/b/more.ts");
  await watching.hears("created");
  await folder.remove("proto/a");
  await watching.hears("delete    src/gen/a/b/more.ts");
  await watching.stop();
});

test("--watch does not ask whether something was renamed: it tells the flag", async () => {
  const folder = await project();
  const watching = await watch(folder);
  await watching.hears("Watching");
  await folder.write({ "proto/desk.proto": proto(hello.replace("Hello", "Greet")) });
  await watching.hears("--rename shop.Desk.Hello=Greet");
  await watching.stop();
});

test("--watch with an edited output says so, and goes on when the edit is undone", async () => {
  const folder = await project();
  await runMicroGen(folder.path, []);
  const generated = await folder.read("src/gen/desk.ts");
  await folder.write({ "src/gen/desk.ts": `${generated}// mine\n` });
  const watching = await watch(folder);
  await watching.hears("conflict  src/gen/desk.ts");
  await watching.hears("Watching");
  await folder.write({ "src/gen/desk.ts": generated, "proto/desk.proto": proto(count) });
  await watching.hears("update    src/handler/desk.ts");
  await watching.stop();
});

test.each([["--check"], ["--dry-run"], ["--diff"], ["--json"]])(
  "--watch with %s is refused",
  async (option) => {
    const folder = await project();
    expect(await runMicroGen(folder.path, ["--watch", option])).toMatchObject({ exitCode: 2 });
  },
);
