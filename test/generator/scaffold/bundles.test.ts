import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findBundles } from "../../../src/generator/scaffold/bundles.ts";

test("when nothing is packed then it says what to run", () => {
  expect(() => findBundles("packed", "999.0.0", "/project")).toThrow(/npm run pack.*--runtime link/);
});

test("when packages come from a registry then they are ranges, and nothing is carried along", () => {
  const bundles = findBundles("registry", "1.2.3", "/project");
  expect(bundles.spec("@micro-service/runtime", "srv")).toBe("^1.2.3");
  expect(bundles.files).toEqual([]);
});

test("when packages are linked then the way leads from the package that names them", () => {
  const project = mkdtempSync(join(tmpdir(), "linked-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const bundles = findBundles("link", "1.2.3", project);
  expect(bundles.spec("@micro-service/runtime", ".")).toMatch(/^file:\.\.\/.*\/src\/runtime$/);
  expect(bundles.spec("@micro-service/runtime", "srv")).toMatch(/^file:\.\.\/\.\.\/.*\/src\/runtime$/);
});
