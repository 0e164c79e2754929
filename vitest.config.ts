import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const runtime = (path: string) => fileURLToPath(new URL(`./src/runtime/${path}`, import.meta.url));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
