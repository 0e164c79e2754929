import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { pack } from "../../../scripts/pack.js";
import { checkout } from "../scaffold-helpers.ts";
import { must } from "./packed-tool.ts";

const vendor = join(checkout, "vendor");

test("when packed twice then names and bytes are the same", async () => {
  await must("npm", ["run", "--silent", "build"], checkout);
  const first = readFileSync(await pack());
  const names = readdirSync(vendor).sort();
  const second = readFileSync(await pack());
  expect(readdirSync(vendor).sort()).toEqual(names);
  expect(second.equals(first)).toBe(true);
  expect(names.map((name) => name.replace(/[0-9a-f]{12}\.tgz$/, "HASH.tgz"))).toEqual([
    "create-micro-service-0.1.0-HASH.tgz",
    "micro-service-runtime-0.1.0-HASH.tgz",
    "micro-service-toolkit-0.1.0-HASH.tgz",
  ]);
});

test("when packed then the whole tool carries the others, and no package carries what only we need", async () => {
  const whole = await pack();
  const list = (tarball: string) => must("tar", ["tzf", tarball], checkout);
  expect(await list(whole)).toMatch(/^package\/vendor\/micro-service-runtime-.*\.tgz$/m);
  for (const name of readdirSync(vendor)) {
    const files = await list(join(vendor, name));
    expect(files).not.toMatch(/vendor\/|\.tsbuildinfo|node_modules|\/test\/.*\.test\.js/);
    const manifest = await must("tar", ["xzOf", join(vendor, name), "package/package.json"], checkout);
    const { scripts, devDependencies, dependencies = {} } = JSON.parse(manifest);
    expect(scripts).toBeUndefined(); // no install scripts
    expect(devDependencies).toBeUndefined();
    // Package managers ask the public registry for plain dependencies; ours are peers.
    expect(Object.keys(dependencies).filter((dependency) => dependency.includes("micro-service"))).toEqual(
      [],
    );
  }
});

test("when packed then every entry of the runtime exports what it did, and the entries share their classes", async () => {
  await pack();
  const name = readdirSync(vendor).find((file) => file.includes("-runtime-")) as string;
  const folder = mkdtempSync(join(tmpdir(), "micro-packed-runtime-"));
  try {
    await must("tar", ["xzf", join(vendor, name), "-C", folder], checkout);
    const { exports } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8"));
    const entries = Object.values(exports).filter((entry) => typeof entry === "object");
    expect(entries.length).toBeGreaterThan(5);
    const packed = new Map<string, Record<string, unknown>>();
    const load = (...path: string[]) => import(pathToFileURL(join(...path)).href);
    const forBrowsers: string[] = [];
    for (const { default: file, browser } of entries as { default: string; browser?: string }[]) {
      const own = await load(folder, "package", file);
      const names = Object.keys(await load(checkout, "src/runtime", file)).sort();
      expect(Object.keys(own).sort(), file).toEqual(names);
      if (browser !== undefined) {
        forBrowsers.push(browser);
        expect(Object.keys(await load(folder, "package", browser)).sort(), browser).toEqual(names);
      }
      for (const [key, value] of Object.entries(own)) {
        if (packed.has(key)) expect(packed.get(key), key).toBe(value);
        packed.set(key, value as never);
      }
    }
    expect(forBrowsers).toHaveLength(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
