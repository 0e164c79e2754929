import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type EmitOptions, generate, loadSchema, SCHEMA_FILE } from "../../../src/generator/index.ts";
import { DecodeError, JsonError } from "../../../src/runtime/protobuf/index.ts";
import { Longs } from "../../fixtures/int64/expected/int64.ts";

const MAX = 2 ** 53 - 1;
const all: Longs = {
  normal: -1n,
  text: "-9223372036854775808",
  number: -MAX,
  textU: "18446744073709551615",
  numberU: MAX,
  textS: "-5",
  numberS: -5,
  textsF: ["0", "18446744073709551615"],
  numbersF: [0, MAX],
  choice: { case: "textC", value: "-9223372036854775808" },
};

describe("a 64-bit integer with a jstype", () => {
  test("is text or a number in the message, and what it was on the wire and in JSON", () => {
    expect(Longs.decode(Longs.encode(all))).toEqual(all);
    expect(Longs.fromJsonString(Longs.toJsonString(all))).toEqual(all);
    expect(Longs.toJson(all)).toMatchObject({ normal: "-1", text: all.text, number: String(-MAX) });
    const numbers = { ...all, choice: { case: "numberC", value: -7 } } as const;
    expect(Longs.decode(Longs.encode(numbers))).toEqual(numbers);
    expect(Longs.fromJson(Longs.toJson(numbers))).toEqual(numbers);
    expect(Longs.fromJson({ text: 5, number: "6" })).toEqual(Longs.create({ text: "5", number: 6 }));
  });

  test("is zero when absent, and absent when zero", () => {
    expect(Longs.create()).toMatchObject({ normal: 0n, text: "0", number: 0, textU: undefined });
    expect(Longs.encode(Longs.create())).toHaveLength(0);
    expect(Longs.toJson(Longs.create())).toEqual({});
    expect(Longs.decode(Longs.encode({ textU: "0" })).textU).toBe("0");
  });

  test.each([
    [{ text: "1.5" }, RangeError],
    [{ text: "" }, RangeError],
    [{ text: "0x10" }, RangeError],
    [{ text: "9223372036854775808" }, RangeError],
    [{ textU: "-1" }, RangeError],
    [{ number: 0.5 }, RangeError],
    [{ number: 2 ** 53 }, RangeError],
    [{ number: Number.NaN }, RangeError],
    [{ numberU: -1 }, RangeError],
    [{ text: 5 as unknown as string }, TypeError],
    [{ number: 5n as unknown as number }, TypeError],
  ])("refuses %o", (message, error) => {
    expect(() => Longs.encode(message)).toThrow(error);
    expect(() => Longs.toJson(message)).toThrow(error);
  });

  test("that a number cannot hold is refused where it is read", () => {
    const bytes = Longs.encode({ text: String(2n ** 53n) });
    bytes[0] = 3 << 3;
    expect(() => Longs.decode(bytes)).toThrow(DecodeError);
    expect(() => Longs.fromJson({ number: String(2n ** 53n) })).toThrow(JsonError);
    expect(() => Longs.fromJson({ number: String(2n ** 53n) })).toThrow(
      /^number: 9007199254740992 is beyond/,
    );
  });
});

describe("the option int64", () => {
  test.each(["string", "number"] as const)("%s means as much as a jstype on every field", async (int64) => {
    const text = await readFile(
      fileURLToPath(new URL("../../fixtures/int64/int64.proto", import.meta.url)),
      "utf8",
    );
    const without = text.replaceAll(/ \[jstype = \w+\]/g, "");
    const withAll = without.replaceAll(/ = (\d+);/g, ` = $1 [jstype = JS_${int64.toUpperCase()}];`);
    expect(await emit(without, { int64 })).toEqual(await emit(withAll, {}));
  });

  test("leaves fields with a jstype and map keys alone", async () => {
    const text = `syntax = "proto3";
message M { int64 n = 1 [jstype = JS_NUMBER]; map<int64, uint64> map = 2; int32 small = 3; }`;
    const types = (await emit(text, { int64: "string" })).get("x.ts");
    expect(types).toContain("  n: number;\n  map: { [key: string]: string };\n  small: number;\n");
  });
});

async function emit(text: string, options: EmitOptions): Promise<Map<string, string | Uint8Array>> {
  const cwd = await mkdtemp(join(tmpdir(), "int64-"));
  try {
    await writeFile(join(cwd, "x.proto"), text);
    const files = generate(await loadSchema({ files: ["x.proto"], cwd }), options);
    return new Map(files.filter(({ path }) => path !== SCHEMA_FILE).map((file) => [file.path, file.content]));
  } finally {
    await rm(cwd, { recursive: true });
  }
}
