import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { loadDescriptorSet } from "../../../src/generator/check/index.ts";
import { emitSchema, OutputPathError } from "../../../src/generator/emit/index.ts";
import { hasUnprintable, SchemaError } from "../../../src/generator/schema/index.ts";
import {
  encodeSet,
  fullFile,
  importedFiles,
  type Plain,
  textFields,
  textsOf,
  withTexts,
} from "./descriptor-set.ts";
import { problemsOf } from "./judge-output.ts";

const payloads = [
  "\ncanary(); //",
  "\rcanary(); //",
  "\u2028canary(); //",
  "\u2029canary(); //",
  "\u0085canary(); //",
  '"; canary(); "',
  "'; canary(); '",
  "`; canary(); `",
  `$${"{canary()}"}`,
  ": 1 }; canary(); const q = {a",
  "*/ canary(); /*",
  "(){}; canary(); function x",
  "\\",
  " as any; canary()",
  "\u001b[2J",
  "\u009b2J",
  "\0",
];

/** Texts that are no names may be anything; a map's hidden fields are called what they are called, whatever is written. */
const isFree = (path: string) =>
  /defaultValue|jsonName|options|omment|nestedType\.2\.field\.\d\.name/.test(path);

type Outcome =
  | { readonly refused: readonly string[] }
  | { readonly shape: string; readonly problems: string[] };

async function outcomeOf(file: Plain, imports?: readonly Plain[]): Promise<Outcome> {
  try {
    const schema = await loadDescriptorSet({ descriptorSet: encodeSet(file, imports) });
    const files = emitSchema(schema);
    const texts = files.flatMap(({ content }) => (typeof content === "string" ? [content] : []));
    return { shape: texts.map(shapeOf).sort().join("\n"), problems: problemsOf(files) };
  } catch (error) {
    if (error instanceof OutputPathError) return { refused: [error.message] };
    if (!(error instanceof SchemaError)) throw error;
    return { refused: error.message.split("\n") };
  }
}

/** The code without comments; names and strings, which may differ, are all alike, and so is how lines are broken. */
function shapeOf(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text);
  const tokens: string[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const isWord = kind === ts.SyntaxKind.StringLiteral || kind === ts.SyntaxKind.Identifier;
    if (kind !== ts.SyntaxKind.CommaToken && kind !== ts.SyntaxKind.BarToken)
      tokens.push(isWord ? "word" : scanner.getTokenText());
  }
  return tokens.join(" ");
}

/** What is wrong with what became of a file; undefined when it was refused in one line for each mistake. */
async function harmOf(file: Plain, imports?: readonly Plain[]): Promise<string[] | undefined> {
  const outcome = await outcomeOf(file, imports);
  if ("problems" in outcome) return outcome.problems;
  const raw = outcome.refused.filter(hasUnprintable);
  return raw.length > 0 ? raw : undefined;
}

describe("a descriptor set that somebody else has made", () => {
  test("has a text of every kind in this test", () => {
    // Of uninterpreted options, which protoc leaves in no file, of declarations of extensions, and of edition 2024.
    const kinds = new Set(
      textsOf(fullFile).map(({ path }) => path.split(".").findLast((key) => !/^\d+$/.test(key))),
    );
    const absent = ["namePart", "identifierValue", "aggregateValue", "fullName", "type", "optionDependency"];
    expect(textFields().filter((kind) => !kinds.has(kind) && !absent.includes(kind))).toEqual([]);
  });

  const names = textsOf(fullFile).filter(({ path }) => !isFree(path));
  test.each(names)("cannot make code of the name at $path", async ({ path, text }) => {
    for (const payload of payloads) {
      const file = withTexts(fullFile, (place) => (place.path === path ? text + payload : place.text));
      const harm = await harmOf(file);
      // Of a file's name only the folder counts: some of these are ugly and yet names of files.
      if (path === "name") expect(harm ?? []).toEqual([]);
      else expect(harm).toBeUndefined();
    }
  });

  const free = textsOf(fullFile).filter(({ path }) => isFree(path));
  test.each(free)("cannot make code of the text at $path", async ({ path }) => {
    for (const hostile of [payloads.join(""), payloads.toReversed().join("")]) {
      const file = withTexts(fullFile, (place) => (place.path === path ? hostile : place.text));
      expect((await harmOf(file)) ?? []).toEqual([]);
    }
  });

  test("gives the same code whatever its comments say", async () => {
    const isText = (path: string) => /omment|options/.test(path);
    const file = withTexts(fullFile, ({ path, text }) => (isText(path) ? payloads.join("") : text));
    const [plain, hostile] = [await outcomeOf(fullFile), await outcomeOf(file)];
    expect("shape" in plain && plain.shape.length).toBeGreaterThan(1000);
    expect("shape" in hostile && "shape" in plain && hostile.shape === plain.shape).toBe(true);
  });

  test.each(["shop.v1", "Order", "Inner", "Kind", "State", "Group", "more", "B", "by_name"])(
    "cannot make code of %s where all that refers to it goes along",
    async (word) => {
      const everywhere = new RegExp(`(?<![\\w])${word.replace(".", "\\.")}(?![\\w])`, "g");
      for (const payload of payloads) {
        const change = (value: Plain) =>
          withTexts(value, ({ text }) => text.replace(everywhere, () => word + payload));
        expect(await harmOf(change(fullFile), importedFiles.map(change))).toBeUndefined();
      }
    },
  );

  test.each([
    ["2023", [0xe8, 0x07], true],
    ["99999", [0x9f, 0x8d, 0x06], false],
  ])("of edition %s is read when what the edition means is known", async (edition, number, isKnown) => {
    const text = (field: number, value: Buffer) =>
      Buffer.concat([Buffer.of((field << 3) | 2, value.length), value]);
    const file = [
      text(1, Buffer.from("a.proto")),
      text(12, Buffer.from("editions")),
      Buffer.of(14 << 3, ...number),
    ];
    const loading = loadDescriptorSet({ descriptorSet: text(1, Buffer.concat(file)) });
    if (isKnown) expect((await loading).files.map((one) => one.edition)).toEqual([edition]);
    else
      await expect(loading).rejects.toThrow(
        `The syntax is called "${edition}"; of those known here, proto2, `,
      );
  });

  test("is told all of its impossible names at once, each on one line with its file", async () => {
    const file = withTexts(fullFile, ({ path, text }) =>
      ["package", "messageType.0.name", "service.0.method.1.name"].includes(path) ? `${text}\nx` : text,
    );
    const outcome = await outcomeOf(file);
    expect(outcome).toEqual({
      refused: [
        'shop/order.proto:1:1 The package is called "shop.v1\\nx"; packages are names with dots between. (name)',
        'shop/order.proto:4:1 A message is called "Order\\nx"; names are letters, digits and _, and begin with no digit. (name)',
        'shop/order.proto:1:1 An rpc is called "Watch\\nx"; names are letters, digits and _, and begin with no digit. (name)',
      ],
    });
  });
});
