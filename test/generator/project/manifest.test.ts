import { describe, expect, test } from "vitest";
import { formatManifest, type Manifest, parseManifest } from "../../../src/generator/project/index.ts";

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
  ])("%s", (_, text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
  });
});
