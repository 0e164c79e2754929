import { test } from "vitest";
import { checkChanges } from "./check-changes.ts";
import { expectTypes } from "./expect-types.ts";

test("however a handler is written and however its schema changes, nothing of it is lost and the result compiles", async () => {
  await expectTypes(await checkChanges(40, 0.1, 20));
}, 300_000);
