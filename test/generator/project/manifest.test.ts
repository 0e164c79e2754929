import { describe, expect, test } from "vitest";
import {
  formatManifest,
  type JsonValue,
  type Manifest,
  parseManifest,
  readPinnedClients,
} from "../../../src/generator/project/index.ts";

const hash = (digit: string) => digit.repeat(64);
const manifest: Manifest = {
  answers: { types: ["srv", "api"], namespace: "go.micro", install: { manager: "npm", allowed: true } },
  files: new Map([
    ["src/main.ts", { class: "scaffolded", sha256: hash("b") }],
    ["src/gen/greeter.ts", { class: "generated", sha256: hash("a") }],
  ]),
};

test("the manifest has sorted keys and one line per file, so that git merges it", () => {
  expect(formatManifest(manifest)).toBe(`{
  "answers": {
    "install": {
      "allowed": true,
      "manager": "npm"
    },
    "namespace": "go.micro",
    "types": [
      "srv",
      "api"
    ]
  },
  "files": {
    "src/gen/greeter.ts": {"class": "generated", "sha256": "${hash("a")}"},
    "src/main.ts": {"class": "scaffolded", "sha256": "${hash("b")}"}
  },
  "schemaVersion": 1
}
`);
});

test("what was written is read back", () => {
  const read = parseManifest(formatManifest(manifest));
  expect(read.answers).toEqual(manifest.answers);
  expect([...read.files].sort()).toEqual([...manifest.files].sort());
});

test("a file named __proto__ is a file like any other", () => {
  const odd: Manifest = {
    answers: {},
    files: new Map([["__proto__", { class: "generated", sha256: hash("a") }]]),
  };
  expect([...parseManifest(formatManifest(odd)).files.keys()]).toEqual(["__proto__"]);
});

describe("a broken manifest is refused with the way out", () => {
  test.each([
    [
      "git's conflict markers",
      "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n",
      /conflict markers; keep either side/,
    ],
    ["no JSON", "{", /cannot be read: .*Restore it from git, or delete it/],
    ["a list", "[]", /it is not an object/],
    ["a manifest of a later tool", '{"schemaVersion": 2}', /schemaVersion is 2, not 1/],
    ["files as a list", '{"schemaVersion": 1, "files": []}', /"files" is not an object/],
    [
      "an entry without hash",
      '{"schemaVersion": 1, "files": {"a": {"class": "generated"}}}',
      /entry of "a" needs/,
    ],
    ...[
      ["../victim.txt", /"\.\.\/victim\.txt" is no file of this project: it holds "\.\."/],
      ["src/../../victim.txt", /it holds "\.\."/],
      ["/etc/passwd", /it is absolute/],
      ["C:\\\\victim.txt", /not every system allows/],
      ["src/./a.ts", /it holds "\."/],
      ["src//a.ts", /empty folder name/],
      ["src/a\\u001b[2J.ts", /"src\/a\\u001b\[2J\.ts" is no file/],
      ["src/a\u2028b.ts", /"src\/a\\u2028b\.ts" is no file/],
      [".git/hooks/pre-commit", /it is git's own place/],
      ["sub/.GIT/config", /it is git's own place/],
      ["git~1/config", /it is git's own place/],
      [".micro/lock", /it is the tool's own place/],
    ].map(([path, message]): [string, string, RegExp] => [
      `a file ${String(path)}`,
      `{"schemaVersion": 1, "files": {"${String(path)}": {"class": "generated", "sha256": "${hash("a")}"}}}`,
      message as RegExp,
    ]),
  ])("%s", (_, text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
  });
});

describe("what the manifest says of clients is refused", () => {
  const entry = { from: "registry:shop", services: { "shop.v1.Shop": { digest: "d" } } };
  const read = (clients: Readonly<Record<string, JsonValue>>) => () => readPinnedClients({ clients });

  test.each(["..", "../other", "/tmp", ".git/hooks", "src/.git", ".micro", "src/\n", ""])(
    "of one in %j",
    (out) => expect(read({ [out]: entry })).toThrow(/the entry .* of "clients" is not as micro-gen wrote it/),
  );

  test("of one with names that are none", () => {
    const services = { 'S"; canary(); "': { digest: "d" } };
    expect(read({ "src/shop": { ...entry, services } })).toThrow(/is not as micro-gen wrote it/);
    expect(read({ "src/shop": { ...entry, from: "a\u001b[2J" } })).toThrow(/is not as micro-gen wrote it/);
  });

  test("and of nothing else", () => {
    expect(read({ "src/shop": entry })()).toMatchObject([{ out: "src/shop" }]);
  });
});
