import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Without comments and empty lines: the starter explains itself to a beginner, the example does not. */
function codeOf(path: string): string[] {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  return text.split("\n").filter((line) => !/^\s*(\/\/.*)?$/.test(line));
}

test.each([
  ["examples/greeter/greeter.proto", "templates/starter/proto/greeter.proto"],
  ["examples/greeter/handler.ts", "templates/starter/srv/src/handler/greeter.ts"],
])("when %s changes then the starter that new projects get changes along", (example, starter) => {
  expect(codeOf(starter)).toEqual(codeOf(example));
});
