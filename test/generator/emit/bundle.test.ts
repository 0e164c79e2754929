import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const fixture = fileURLToPath(new URL("../../fixtures/greeter/expected/greeter.ts", import.meta.url));

/** One message type of the greeter with all that it needs, minified. */
async function bundle(message: string, platform: "browser" | "node"): Promise<string> {
  const entry = "\0entry";
  await using build = await rolldown({
    input: entry,
    platform,
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export { ${message} } from ${JSON.stringify(fixture)};` : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  expect(output).toHaveLength(1);
  return output[0].code;
}

test("when a page uses a message of two fields then it gets at most 3 KB, and nothing of Node", async () => {
  const code = await bundle("CountRequest", "browser");
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(3000);
  expect(code).not.toMatch(/\bBuffer\b|\bprocess\b|node:/);
});

test("when one message is used then no other comes with it, and no descriptor", async () => {
  const code = await bundle("CountRequest", "node");
  expect(code).toContain("greeter.CountRequest");
  expect(code).not.toMatch(/greeter\.Hello|descriptor|Timestamp/);
});
