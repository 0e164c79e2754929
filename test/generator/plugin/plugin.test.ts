import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generate, loadDescriptorSet, loadSchema } from "../../../src/generator/index.ts";
import { runPlugin } from "../../../src/generator/plugin/index.ts";
import { readMessage } from "../../../src/generator/schema/read-wire.ts";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";

// protoc 35.1 -I. [-I<googleapis>] --include_source_info --descriptor_set_out=<fixture>.binpb <all files of the fixture>
const fixtures = ["compiled", "kitchen"];

const pathOf = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const setPath = (name: string) => fileURLToPath(new URL(`${name}.binpb`, import.meta.url));
const recorded = (name: string) => readFileSync(setPath(name));
const protosOf = (name: string) =>
  readdirSync(pathOf(name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".proto"))
    .sort();

type Files = readonly { readonly path: string; readonly content: string | Uint8Array }[];

/** By path, as bytes. */
function bytesOf(files: Files): Record<string, string> {
  return Object.fromEntries(
    files.map(({ path, content }) => [path, Buffer.from(content as string).toString("latin1")]),
  );
}

async function direct(name: string) {
  return bytesOf(generate(await loadSchema({ files: protosOf(name), cwd: pathOf(name) })));
}

/** An encoded CodeGeneratorRequest, as protoc sends it. */
function requestOf(set: Uint8Array, files: readonly string[], parameter = ""): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const file of files) writer.uint32(10).string(file);
  if (parameter !== "") writer.uint32(18).string(parameter);
  for (const file of readMessage(set).allBytes(1)) writer.uint32(122).bytes(file);
  return writer.finish();
}

async function ask(request: Uint8Array) {
  const response = readMessage(await runPlugin(request));
  return {
    error: response.text(1),
    features: response.integer(2),
    editions: [response.integer(3), response.integer(4)],
    files: response
      .messages(15)
      .map((file) => ({ path: file.text(1) ?? "", content: file.bytes(15) ?? new Uint8Array() })),
  };
}

describe("what protoc compiled", () => {
  test("is not judged by options that protoc leaves out of descriptors", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "source-only-"));
    try {
      await writeFile(
        join(cwd, "a.proto"),
        `edition = "2024"; package a; import "b.proto"; option features.enforce_naming_style = STYLE_LEGACY;
        message my_message { b.Outer.Inner fooBar = 1; }`,
      );
      await writeFile(
        join(cwd, "b.proto"),
        `edition = "2024"; package b; option features.default_symbol_visibility = EXPORT_ALL;
        message Outer { message Inner { int32 x = 1; } }`,
      );
      const schema = await loadSchema({ files: ["a.proto"], cwd });
      const compiled = await loadDescriptorSet({ descriptorSet: schema.descriptorSet, files: ["a.proto"] });
      const files = generate(schema);
      expect(files.length).toBeGreaterThan(4);
      expect(bytesOf(generate(compiled))).toEqual(bytesOf(files));
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  test.each(fixtures)("becomes the same bytes as the texts of %s", async (name) => {
    const schema = await loadDescriptorSet({ descriptorSet: recorded(name) });
    expect(bytesOf(generate(schema))).toEqual(await direct(name));
  });

  test("keeps the positions of the texts", async () => {
    const positions = (schema: Awaited<ReturnType<typeof loadSchema>>) =>
      [...schema.messages].map(([name, { position }]) => [name, position]);
    const compiled = await loadDescriptorSet({ descriptorSet: recorded("compiled") });
    const texts = await loadSchema({ files: protosOf("compiled"), cwd: pathOf("compiled") });
    expect(positions(compiled).sort()).toEqual(positions(texts).sort());
  });

  test("is refused when it ends too early, and the way to make it is told", async () => {
    const descriptorSet = recorded("compiled").subarray(0, 40);
    await expect(loadDescriptorSet({ descriptorSet })).rejects.toThrow(
      /^the descriptor set:1:1 This is no descriptor: .*--include_source_info/,
    );
  });

  test("is refused when an import is missing", async () => {
    const [comments] = readMessage(recorded("compiled"))
      .messages(1)
      .map((file) => file.text(1));
    const [first, second] = readMessage(recorded("compiled")).allBytes(1);
    const set = protobuf.Writer.create();
    set.uint32(10).bytes(comments === "comments.proto" ? first! : second!);
    await expect(loadDescriptorSet({ descriptorSet: set.finish() })).rejects.toThrow(
      'There is no "options.proto" in the descriptor set; make it with --include_imports.',
    );
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("never surprises when bytes are broken (seed %i)", async (seed) => {
    const bytes = Uint8Array.from(recorded("compiled"));
    for (let at = seed; at < bytes.length; at += 97 + seed * 13) bytes[at] = (bytes[at]! + 1 + seed) & 255;
    const result = await loadDescriptorSet({ descriptorSet: bytes }).then(
      () => "SchemaError",
      (error: Error) => error.name,
    );
    expect(result).toBe("SchemaError");
  });
});

describe("protoc-gen-micro-ts", () => {
  test("answers with the files micro-gen writes, and what it supports", async () => {
    const { files, features, editions, error } = await ask(
      requestOf(recorded("compiled"), protosOf("compiled")),
    );
    expect(error).toBeUndefined();
    expect(bytesOf(files)).toEqual(await direct("compiled"));
    // proto3's optional, and editions up to 2024
    expect([features, ...editions]).toEqual([3, 998, 1001]);
  });

  test("generates what it is asked for and nothing for unused imports", async () => {
    const { files } = await ask(requestOf(recorded("compiled"), ["presence.proto"]));
    expect(files.map(({ path }) => path)).toEqual(["presence.codec.ts", "presence.ts", "schema.binpb"]);
  });

  test("imports with .js when told so", async () => {
    const { files } = await ask(requestOf(recorded("compiled"), ["presence.proto"], "import_extension=js"));
    const types = files.find(({ path }) => path === "presence.ts");
    expect(Buffer.from(types?.content ?? []).toString()).toContain('from "./presence.codec.js"');
  });

  test.each([
    ["import_extension=mjs", 'import_extension is ts or js, not "mjs".'],
    ["import_extension=js=ts", 'import_extension is ts or js, not "js=ts".'],
    ["int64=long", 'int64 is bigint or string or number, not "long".'],
    ["target=ts", /^There is no parameter "target"; known are import_extension=ts/],
  ])("says in the response that %s is wrong", async (parameter, message) => {
    const { error, files } = await ask(requestOf(recorded("compiled"), ["presence.proto"], parameter));
    expect(error).toMatch(message);
    expect(files).toEqual([]);
  });

  test("says in the response where a schema is wrong", async () => {
    const file = protobuf.Writer.create();
    file.uint32(10).string("bad.proto").uint32(98).string("proto3");
    // message M, declared in line 3: M with field `x = 0`
    file.uint32(34).fork().uint32(10).string("M");
    file.uint32(18).fork().uint32(10).string("x").uint32(24).int32(0).uint32(32).int32(1).uint32(40).int32(5);
    file.ldelim().ldelim();
    file.uint32(74).fork().uint32(10).fork();
    file
      .uint32(10)
      .bytes(Uint8Array.of(4, 0, 2, 0, 3))
      .uint32(18)
      .bytes(Uint8Array.of(2, 12, 13))
      .ldelim()
      .ldelim();
    const set = protobuf.Writer.create().uint32(10).bytes(file.finish()).finish();
    const { error } = await ask(requestOf(set, ["bad.proto"]));
    expect(error).toMatch(/^bad\.proto:3:13 /);
  });

  test("runs as a program", async () => {
    const binary = fileURLToPath(new URL("../../../bin/protoc-gen-micro-ts.js", import.meta.url));
    const response = await new Promise<Buffer>((resolve, reject) => {
      const child = execFile(process.execPath, [binary], { encoding: "buffer" }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
      child.stdin?.end(requestOf(recorded("compiled"), ["presence.proto"]));
    });
    expect(readMessage(response).allBytes(15)).toHaveLength(3);
  });
});

describe("micro-gen --descriptor-set-in", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "descriptor-set-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("writes what it writes for the texts", async () => {
    const { exitCode } = await runMicroGen(folder, [
      "--descriptor-set-in",
      setPath("compiled"),
      "--out",
      "gen",
    ]);
    expect(exitCode).toBe(0);
    const paths = (await readdir(join(folder, "gen"))).filter((path) => path !== ".micro");
    const files = await Promise.all(
      paths.map(async (path) => ({ path, content: await readFile(join(folder, "gen", path)) })),
    );
    expect(bytesOf(files)).toEqual(await direct("compiled"));
  });

  test.each([
    [["--out", "gen", "missing.proto"], 6, /There is no such file in .*compiled\.binpb; check the spelling/],
    [[], 2, /--descriptor-set-in needs --out/],
    [["--out", "gen", "-I", "."], 2, /-I is for schemas as texts/],
  ])("with %j answers %i", async (args, exitCode, message) => {
    const result = await runMicroGen(folder, ["--descriptor-set-in", setPath("compiled"), ...args]);
    expect(result).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
  });

  test("names the file that is no descriptor set", async () => {
    const result = await runMicroGen(folder, ["--descriptor-set-in", "gone.binpb", "--out", "gen"]);
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("There is no gone.binpb") });
  });
});
