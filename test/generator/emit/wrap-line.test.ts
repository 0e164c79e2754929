import { expect, test } from "vitest";
import { wrapLine } from "../../../src/generator/emit/codec/wrap-line.ts";

const long = "RolloutOperationRolloutStatusRolloutMetadataLocationRolloutStatus".repeat(2);

test("a long call has its arguments on lines of their own", () => {
  expect(wrapLine(`  setEntry(${long}, key);`)).toEqual(["  setEntry(", `    ${long},`, "    key,", "  );"]);
});

test("a call without arguments stays on its line, however long its name is", () => {
  expect(wrapLine(`    value ?? create${long}(),`)).toEqual([`    value ?? create${long}(),`]);
  expect(wrapLine(`  setEntry(f1, key, value ?? create${long}());`)).toEqual([
    "  setEntry(",
    "    f1,",
    "    key,",
    `    value ?? create${long}(),`,
    "  );",
  ]);
});
