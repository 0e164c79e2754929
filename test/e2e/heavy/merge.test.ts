import { test } from "vitest";
import { checkMerges } from "../../generator/merge/check-merges.ts";
import { checkRenames } from "../../generator/merge/check-renames.ts";
import { expectTypes } from "../../generator/merge/expect-types.ts";

test("thousands of handlers get their new rpcs, and nothing of what a user wrote is lost", async () => {
  await expectTypes(await checkMerges(3000, 400));
});

test("thousands of handlers follow names that changed, and nothing of what a user wrote is lost", async () => {
  await expectTypes(await checkRenames(2000, 200));
}, 1_200_000);
