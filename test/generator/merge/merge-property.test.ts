import { test } from "vitest";
import { checkMerges } from "./check-merges.ts";
import { expectTypes } from "./expect-types.ts";

test("however a handler is written, new rpcs fit in, nothing is lost and the result has the right types", async () => {
  await expectTypes(await checkMerges(200, 40));
}, 120_000);
