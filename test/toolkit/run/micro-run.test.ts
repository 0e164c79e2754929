import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { access, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const micro = join(root, "src/toolkit/bin/micro.js");
const isBuilt = await access(join(root, "src/toolkit/dist/cli/main.js")).then(
  () => true,
  () => false,
);

/** Unique: other runs on this machine speak mDNS too. */
const namespace = `test${randomUUID().slice(0, 8)}`;
let folder: string;

const API = (greeting: string) => `
import { createService } from "@micro-service/runtime";
import { Empty, StringValue, type UnaryMethod } from "@micro-service/runtime/protobuf";
const hello: UnaryMethod<Empty, StringValue> =
  { name: "Hello", kind: "unary", service: "greeter.Greeter", input: Empty, output: StringValue, idempotency: "unknown" };
const service = await createService({ name: "${namespace}.api.greeter" });
service.server.handle({ typeName: "greeter.Greeter", methods: { hello } }, { hello: () => ({ value: "${greeting}" }) });
await service.run();
`;

const WEB = `
import { createWebService } from "@micro-service/runtime";
const service = await createWebService({ name: "${namespace}.web.greeter", handler: (_request, response) => { response.end("a page"); } });
await service.run();
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "micro-run-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const services = ["api", "web"].map((type) => ({ name: `${namespace}.${type}.greeter`, type, dir: type }));
  await writeFile(join(folder, "micro.json"), JSON.stringify({ namespace, services }));
  for (const [type, main] of [
    ["api", API("Hello")],
    ["web", WEB],
  ] as const) {
    await mkdir(join(folder, type, "src"), { recursive: true });
    await cp(join(root, "templates/service/tsconfig.json"), join(folder, type, "tsconfig.json"));
    await writeFile(join(folder, type, "package.json"), '{"private":true,"type":"module"}');
    await writeFile(join(folder, type, "src/main.ts"), main);
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

// The command runs as it is installed: from what `npm test` builds first.
test.skipIf(!isBuilt)(
  "micro run brings a project up behind gateway and web proxy, reloads it, and leaves no process",
  { timeout: 60_000 },
  async () => {
    const env = { ...process.env, NO_COLOR: "1" };
    const args = [micro, "run", "--api_address", "127.0.0.1:0", "--web_address", "127.0.0.1:0"];
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    const gone = once(child, "exit");
    const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    const said = async (pattern: RegExp, from = 0): Promise<RegExpExecArray> => {
      for (;;) {
        const match = lines
          .slice(from)
          .map((line) => pattern.exec(line))
          .find((found) => found !== null);
        if (match) return match;
        if (child.exitCode !== null) throw new Error(`micro run ended:\n${lines.join("\n")}`);
        await Promise.race([once(reader, "line"), gone]);
      }
    };
    try {
      const [, gateway] = await said(/^micro +\| +gateway +(http:\S+)/);
      const [, web] = await said(/^micro +\| +web +(http:\S+)/);
      const hello = async () => (await fetch(`${gateway}/greeter/hello`)).text();
      expect(await hello()).toBe('"Hello"');
      expect(await (await fetch(`${web}/greeter/`)).text()).toBe("a page");

      const before = lines.length;
      await writeFile(join(folder, "api/src/main.ts"), API("Servus"));
      await said(/^greeter-api \| .* listens on/, before);
      await expect.poll(hello, { timeout: 5_000 }).toBe('"Servus"');
    } finally {
      child.kill("SIGINT");
      await gone;
    }
    expect(child.exitCode).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
  },
);

/** Command lines of processes that run files of a folder. */
async function processesIn(place: string): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^[0-9]+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return commands.filter((command) => command.includes(place));
}
