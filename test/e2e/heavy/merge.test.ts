import fc from "fast-check";
import { test } from "vitest";
import { checkChanges } from "../../generator/merge/check-changes.ts";
import { expectTypes } from "../../generator/merge/expect-types.ts";

test("through a thousand changes of schemas and more, nothing of what a user wrote is lost, and the result compiles", async () => {
  // The same ones for every change; each night others.
  fc.configureGlobal({ seed: Number(process.env.MERGE_SEED ?? 1) });
  await expectTypes(await checkChanges(Number(process.env.MERGE_CASES ?? 1000), 0.3, 200));
}, 3_600_000);
