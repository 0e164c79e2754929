import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";

const runtime = (path: string) => fileURLToPath(new URL(`./src/runtime/${path}`, import.meta.url));

/** The modules of the runtime that stand in for others in a bundle for browsers, as bundlers find them: by its package.json. */
function forBrowsers(): Plugin {
  const { browser } = JSON.parse(readFileSync(runtime("package.json"), "utf8")) as {
    browser: Record<string, string>;
  };
  const source = (path: string) => runtime(path.replace(/^\.\/dist\/|js$/g, "").concat("ts"));
  const standIns = new Map(Object.entries(browser).map(([of, by]) => [source(of), source(by)]));
  return {
    name: "for-browsers",
    enforce: "pre",
    async resolveId(id, importer) {
      const found = await this.resolve(id, importer, { skipSelf: true });
      return found && (standIns.get(found.id) ?? found);
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "node", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        plugins: [forBrowsers()],
        test: {
          name: "for browsers",
          include: [
            "test/runtime/protobuf/*.test.ts",
            "test/generator/emit/{extensions,int64,oracles}.test.ts",
          ],
        },
      },
    ],
    exclude: ["test/interop/**", "test/e2e/heavy/**", "**/node_modules/**"],
    testTimeout: 20_000,
    // All cores: by default one is left idle, which on a machine of two is half of it.
    maxWorkers: "100%",
    // What is built is run as it is, not transformed once more.
    server: { deps: { external: [/\/src\/runtime\/dist\//] } },
    // On a busy machine the default second is short; a poll ends as soon as it holds.
    expect: { poll: { timeout: 10_000 } },
  },
  resolve: {
    // Tests run our sources, so a stack trace names the line that a person edits.
    alias: [
      { find: /^@micro-service\/runtime$/, replacement: runtime("index.ts") },
      { find: /^@micro-service\/runtime\/protobuf$/, replacement: runtime("protobuf/index.ts") },
      { find: /^@micro-service\/runtime\/protobuf\/codec$/, replacement: runtime("protobuf/codec.ts") },
      {
        find: /^@micro-service\/runtime\/protobuf\/descriptor$/,
        replacement: runtime("protobuf/descriptor.ts"),
      },
      { find: /^@micro-service\/runtime\/transport\/tls$/, replacement: runtime("transport/tls/index.ts") },
      { find: /^@micro-service\/runtime\/testing$/, replacement: runtime("testing/index.ts") },
    ],
  },
});
