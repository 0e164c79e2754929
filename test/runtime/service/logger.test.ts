import { afterEach, describe, expect, test, vi } from "vitest";
import {
  createService,
  createWebService,
  type ServiceOptions,
  silentLogger,
} from "../../../src/runtime/service/index.ts";

const name = "go.micro.srv.shop";
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0)) await close();
});

async function made(options: Partial<ServiceOptions> = {}) {
  const common = { name, registry: "memory", broker: "memory", address: "127.0.0.1:0", args: [], env: {} };
  const service = await createService({ ...common, ...options });
  closers.push(() => service.stop());
  return service;
}
/** What a service writes to standard error. */
function written(): () => string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join("");
}

describe("options that make no sense fail the start, all of them named", () => {
  test.each<[string, Partial<ServiceOptions>, string]>([
    ["a level", { log: { level: "loud" } }, 'log_level: unknown level "loud"; known: debug info warn error'],
    [
      "a level, nearly",
      { args: ["--log_level=warm"] },
      'log_level: unknown level "warm"; did you mean warn?',
    ],
    [
      "a format",
      { env: { MICRO_LOG_FORMAT: "xml" } },
      'log_format: unknown format "xml"; known: auto json text',
    ],
    ["an option", { log: { lvel: "info" } as never }, "unknown option log.lvel; did you mean level?"],
    [
      "no list of names",
      { log: { redact: "email" as never } },
      "log.redact is a list of names and paths, or false",
    ],
    ["lines a second", { log: { linesPerSecond: 0 } }, "log.linesPerSecond: 0 is not a whole number from 1"],
    [
      "a format for somebody's logger",
      { log: { format: "json" }, logger: silentLogger },
      "log.format is about standard error, and logger sends lines elsewhere",
    ],
    ["a flag", { args: ["--log_levl=debug"] }, "unknown flag --log_levl; did you mean --log_level?"],
  ])("%s", async (_, options, problem) => {
    const service = await made({ logger: silentLogger, ...options });
    await expect(service.start()).rejects.toThrow(problem);
  });
});

test("when a level is set by flag, environment or code then the stronger counts; go-micro's words are understood", async () => {
  expect((await made()).log.level).toBe("info");
  expect((await made({ log: { level: "warn" } })).log.level).toBe("warn");
  expect((await made({ log: { level: "warn" }, env: { MICRO_LOG_LEVEL: "TRACE" } })).log.level).toBe("debug");
  expect((await made({ args: ["--log_level=error"], env: { MICRO_LOG_LEVEL: "fatal" } })).log.level).toBe(
    "error",
  );
});

test("when lines are to be text then they are, and JSON where nothing is said and nobody sits at a terminal", async () => {
  const lines = written();
  (await made({ args: ["--log_format=text"] })).log.info("open", { left: 2 });
  (await made()).log.info("open", { left: 2 });
  const [text = "", json = ""] = lines().split("\n");
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}open {2}left=2$/);
  expect(JSON.parse(json)).toMatchObject({ level: "info", service: name, message: "open", left: 2 });
});

test("when secrets shall be shown then they are", async () => {
  const lines = written();
  (await made({ log: { redact: false } })).log.info("password=hunter2", { token: "hunter2" });
  expect(JSON.parse(lines())).toMatchObject({ message: "password=hunter2", token: "hunter2" });
});

test("when a web service writes then it has the same log", async () => {
  const lines = written();
  const web = await createWebService({ name, registry: "memory", broker: "memory", args: [], env: {} });
  closers.push(() => web.stop());
  web.log.with({ page: "/" }).warn("slow");
  expect(JSON.parse(lines())).toMatchObject({ level: "warn", service: name, message: "slow", page: "/" });
});
