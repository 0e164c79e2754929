import { expect, test, vi } from "vitest";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder } from "../project/folder.ts";

vi.mock("../../../src/generator/merge/compiler.ts", () => {
  throw new Error("the compiler was loaded");
});

const proto = (rpcs: string) => `syntax = "proto3";
package shop;
message Ask { string name = 1; }
service Desk { ${rpcs} }
`;
const hello = "rpc Hello(Ask) returns (Ask);";

test("a run that changes no rpc does not load the compiler", async () => {
  const folder = await createFolder({
    "micro.json": `{"namespace":"a","services":[{"name":"a.srv.b","type":"srv","dir":"."}],"proto":["proto"],"compatibility":"none"}`,
    "proto/desk.proto": proto(hello),
  });
  expect(await runMicroGen(folder.path, [])).toMatchObject({ exitCode: 0 });
  await folder.write({
    "src/handler/desk.ts": `import type { DeskHandler } from "../gen/desk.service.ts";
export const desk: DeskHandler = { hello: (request) => request };
`,
  });
  expect(await runMicroGen(folder.path, ["--check"])).toMatchObject({ exitCode: 0, stdout: "" });
  await folder.write({ "proto/desk.proto": proto(hello).replace("Ask {", "Ask { bool polite = 2;") });
  expect(await runMicroGen(folder.path, [])).toMatchObject({ exitCode: 0 });
  await folder.write({ "proto/desk.proto": proto(`${hello} rpc Bye(Ask) returns (Ask);`) });
  const { stderr } = await runMicroGen(folder.path, []);
  expect(stderr, "so that the test can fail").toContain("mocking a module");
});
