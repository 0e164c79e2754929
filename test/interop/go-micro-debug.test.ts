import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryRegistry, createService, type Service, silentLogger } from "../../src/runtime/index.ts";
import { createGreeterClient, Greeter } from "../runtime/service/greeter.ts";
import { whyNoGo } from "../support/go-micro.ts";

const run = promisify(execFile);
const missing = await whyNoGo();
const skipReason = missing === undefined ? "" : ` (skipped: ${missing})`;
const name = "go.micro.srv.greeter";

describe.skipIf(missing !== undefined)(`go-micro v2.9's debug client asks our service${skipReason}`, () => {
  let folder = "";
  let program = "";
  let service: Service;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "go-micro-debug-"));
    program = join(folder, "debug");
    const cwd = fileURLToPath(new URL("go-micro/v2/", import.meta.url));
    await run("nice", ["go", "build", "-mod=readonly", "-buildvcs=false", "-o", program, "./debug"], { cwd });
    service = await createService({
      name,
      registry: createMemoryRegistry(),
      broker: "memory",
      address: "127.0.0.1:0",
      drainDelayMs: 0,
      args: [],
      env: {},
      logger: silentLogger,
    });
    service.server.handle(Greeter, {
      hello: (request) => {
        service.log.info(`hello ${request.text}`, { token: "hunter2" });
        return request;
      },
      fail: () => {
        throw new Error("no");
      },
    });
    await service.start();
    const greeter = createGreeterClient(service.client, name);
    const address = service.address as string;
    await greeter.hello({ text: "one" }, { address, metadata: { "micro-trace-id": "trace-1" } });
    await greeter.hello({ text: "two" }, { address });
    await greeter.fail({}, { address }).catch(() => {});
  }, 600_000);
  afterAll(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(["grpc", "mucp"])("over %s it understands health, stats, log and trace", async (wire) => {
    const { stdout } = await run(program, [wire, name, service.address as string, "trace-1"], {
      timeout: 30_000,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      health: "ok",
      stats: { errors: 1, memory: expect.any(Number), started: expect.any(Number) },
      records: [
        {
          timestamp: expect.any(Number),
          message: "hello two",
          metadata: { level: "info", token: "[redacted]" },
        },
        { message: expect.stringMatching(/Fail failed \([\da-f]{8}\): no$/), metadata: { level: "error" } },
      ],
      // What was taken, then what was made: this service called itself. Go's JSON leaves INBOUND out, which is 0.
      spans: [
        { trace: "trace-1", name: "greeter.Greeter/Hello", duration: expect.any(Number) },
        { trace: "trace-1", name: "greeter.Greeter/Hello", type: 1 },
      ],
    });
  });
});
