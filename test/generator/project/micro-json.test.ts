import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  findProject,
  formatMicroJson,
  type MicroJson,
  parseMicroJson,
} from "../../../src/generator/project/index.ts";
import { createFolder } from "./folder.ts";

const sound: MicroJson = {
  namespace: "go.micro",
  services: [{ name: "go.micro.srv.greeter", type: "srv", dir: "." }],
  proto: ["proto"],
};

function mistakesOf(change: object): string[] {
  const read = parseMicroJson(JSON.stringify({ ...sound, ...change }));
  return "mistakes" in read ? read.mistakes.map(({ at, message }) => `${at} ${message}`) : [];
}

test("a sound micro.json is read", () => {
  expect(parseMicroJson(JSON.stringify(sound))).toEqual({ value: sound });
  const all = { ...sound, out: "lib/gen", importExtension: "js", int64: "string" };
  expect(parseMicroJson(JSON.stringify(all))).toEqual({ value: all });
});

test("folders may be written with ./ in front and a slash behind", () => {
  const read = parseMicroJson(JSON.stringify({ ...sound, proto: ["./proto/"] }));
  expect(read).toEqual({ value: sound });
});

test("a new micro.json keeps the order of its keys", () => {
  expect(formatMicroJson(sound)).toBe(`{
  "namespace": "go.micro",
  "services": [
    {
      "name": "go.micro.srv.greeter",
      "type": "srv",
      "dir": "."
    }
  ],
  "proto": [
    "proto"
  ]
}
`);
});

describe("a mistake is named with its place and the fix", () => {
  const service = { name: "go.micro.srv.greeter", type: "srv", dir: "." };
  test.each([
    ["an unknown key", { servces: [] }, ['servces is not known; did you mean "services"?']],
    [
      "a far-off key",
      { colour: 1 },
      [
        "colour is not known; the known keys are $schema, namespace, services, proto, out, importExtension, int64, compatibility, allow",
      ],
    ],
    [
      "no namespace",
      { namespace: undefined },
      ['namespace must be letters, digits, - and _ with dots between, such as "go.micro"; it is missing'],
    ],
    [
      "a bad namespace",
      { namespace: "go micro" },
      ['namespace must be letters, digits, - and _ with dots between, such as "go.micro", not "go micro"'],
    ],
    [
      "a bad type",
      { services: [{ ...service, type: "svr" }] },
      ['services[0].type must be one of "srv", "api", "web", not "svr"'],
    ],
    [
      "a folder outside",
      { services: [{ ...service, dir: "../x" }] },
      ['services[0].dir must be a folder inside the project, such as ".", not "../x": it holds ".."'],
    ],
    [
      "the same service twice",
      { services: [service, { ...service }] },
      [
        "services[1].name is the same as services[0].name; give every service a name of its own",
        "services[1].dir is the same as services[0].dir; give every service a folder of its own",
      ],
    ],
    ["no folder of schemas", { proto: [] }, ['proto must be a list of folders with schemas: ["proto"]']],
    ["a bad int64", { int64: "long" }, ['int64 must be "bigint", "string" or "number", not "long"']],
    ["a bad extension", { importExtension: ".ts" }, ['importExtension must be "ts" or "js"']],
    [
      "a key of a service",
      { services: [{ ...service, typ: 1 }] },
      ['services[0].typ is not known; did you mean "type"?'],
    ],
  ])("%s", (_, change, mistakes) => {
    expect(mistakesOf(change)).toEqual(mistakes);
  });

  test("what is not JSON, with its place", () => {
    const read = parseMicroJson('{\n  "namespace": go\n}\n');
    expect("mistakes" in read && read.mistakes[0]?.message).toMatch(
      /^it is not JSON: .*(mespace": go }|line 2)/,
    );
  });

  test("all of them at once", async () => {
    const folder = await createFolder({ "micro.json": '{"namespace": 1, "services": {}, "proto": "proto"}' });
    await expect(findProject(folder.path)).rejects.toThrow(
      /namespace must[\s\S]*services must[\s\S]*proto must/,
    );
  });
});

describe("the project around", () => {
  test("is found from a folder deep inside", async () => {
    const folder = await createFolder({ "micro.json": JSON.stringify(sound) });
    await mkdir(join(folder.path, "src/gen"), { recursive: true });
    expect(await findProject(join(folder.path, "src/gen"))).toEqual({ root: folder.path, config: sound });
  });

  test("is undefined where there is none", async () => {
    expect(await findProject((await createFolder()).path)).toBeUndefined();
  });
});
