import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHttpTemplate } from "../../src/generator/check/http-template.ts";
import { parsePathTemplate } from "../../src/toolkit/api/path-template.ts";

/** Nothing to complain of and nothing to warn of. */
function isUsual(text: string): boolean {
  const template = parseHttpTemplate(text);
  return !("problem" in template) && template.earlyRestAt === undefined && template.unusualAt === undefined;
}

const part = fc.constantFrom(
  "/",
  "/",
  "{",
  "}",
  "=",
  "*",
  "**",
  ":",
  "a",
  "b_1",
  "a.b",
  "%20",
  "-",
  "~",
  " ",
  "1",
  "",
);
const texts = fc.array(part, { maxLength: 12 }).map((parts) => `/${parts.join("")}`);

test("a path that the schema checks pass without a word is one that our gateway serves", () => {
  let usual = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (!isUsual(text)) return;
      usual += 1;
      expect(parsePathTemplate(text)?.text).toBe(text);
    }),
    { numRuns: 5000 },
  );
  expect(usual).toBeGreaterThan(100);
});

test.each([
  "/",
  "/v1/{id}",
  "/v1/{book.name=shelves/*/books/*}",
  "/v1/files/{path=**}",
  "/v1/orders/{id}:cancel",
])("%s is one to both", (text) => {
  expect(isUsual(text)).toBe(true);
  expect(parsePathTemplate(text)).toBeDefined();
});
