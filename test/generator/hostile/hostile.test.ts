import { expect, test } from "vitest";
import { checkHostileSchemas } from "./judge-output.ts";

test("whatever a schema says, the code made of it is code, and none of it is the schema's", async () => {
  // Else the property would hold of nothing.
  expect(await checkHostileSchemas(100)).toBeGreaterThan(20);
}, 60_000);
