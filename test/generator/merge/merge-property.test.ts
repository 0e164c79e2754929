import { test } from "vitest";
import { checkMerges } from "./check-merges.ts";
import { checkRenames } from "./check-renames.ts";
import { expectTypes } from "./expect-types.ts";

test("however a handler is written, new rpcs fit in, nothing is lost and the result has the right types", async () => {
  await expectTypes(await checkMerges(200, 40));
}, 120_000);

test("however a handler is written, names that changed are followed, and nothing else of it changes", async () => {
  await expectTypes(await checkRenames(30, 8));
}, 120_000);
