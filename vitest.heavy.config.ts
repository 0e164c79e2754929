import { defineConfig } from "vitest/config";
import quick from "./vitest.config.ts";

/** Tests that need foreign peers (etcd, Python, other package managers) or minutes: run by `.ci/run`. */
export default defineConfig({
  ...quick,
  test: {
    ...quick.test,
    projects: undefined,
    include: ["test/interop/**/*.test.ts", "test/e2e/heavy/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
