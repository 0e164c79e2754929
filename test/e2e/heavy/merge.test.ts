import { test } from "vitest";
import { checkMerges } from "../../generator/merge/check-merges.ts";
import { expectTypes } from "../../generator/merge/expect-types.ts";

test("thousands of handlers get their new rpcs, and nothing of what a user wrote is lost", async () => {
  await expectTypes(await checkMerges(3000, 400));
});
