import { expect, test } from "vitest";
import { type EmitOptions, generate, loadDescriptorSet } from "../../../src/generator/index.ts";

test.each([
  [{ importExtension: ".js" }, 'importExtension is ts or js, not ".js".'],
  [{ int64: "long" }, 'int64 is bigint or string or number, not "long".'],
  [{ import_extension: "js" }, 'There is no option "import_extension"; known are importExtension, int64.'],
  [{ constructor: "js" }, /^There is no option "constructor"/],
])("options that no compiler has checked are refused: %j", async (options, message) => {
  const schema = await loadDescriptorSet({ descriptorSet: new Uint8Array() });
  expect(() => generate(schema, options as EmitOptions)).toThrow(message);
  expect(generate(schema, { importExtension: "js", int64: "string" }).map(({ path }) => path)).toEqual([
    "schema.binpb",
  ]);
});
