import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serve } from "../runtime/debug/served.ts";
import { goProgram } from "../support/go.ts";
import { pythonWithRequirements } from "../support/python.ts";

const run = promisify(execFile);
const grpcurl = await goProgram("github.com/fullstorydev/grpcurl/cmd/grpcurl", "v1.9.4");
const probe = await goProgram("github.com/grpc-ecosystem/grpc-health-probe", "v0.4.61");

let served: Served;
let extended: Served;
beforeAll(async () => {
  served = await serve({ files: ["greeter/greeter.proto"] });
  extended = await serve({ files: ["greeter/greeter.proto", "compiled/options.proto"] });
});
afterAll(async () => {
  await served?.stop();
  await extended?.stop();
  await Promise.all([grpcurl.remove(), probe.remove()]);
});

describe.skipIf(grpcurl.path === undefined)(grpcurl.name, () => {
  const ask = async (address: string, ...args: string[]) =>
    (await run(grpcurl.path as string, ["-plaintext", ...args.slice(0, -1), address, ...args.slice(-1)]))
      .stdout;

  test("lists our services", async () => {
    expect(
      (await run(grpcurl.path as string, ["-plaintext", served.address, "list"])).stdout.split("\n"),
    ).toEqual([
      "greeter.Greeter",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "",
    ]);
  });

  test("describes a service and a message", async () => {
    const describeIt = async (what: string) =>
      (await run(grpcurl.path as string, ["-plaintext", served.address, "describe", what])).stdout;
    expect(await describeIt("greeter.Greeter")).toContain(
      "rpc Count ( .greeter.CountRequest ) returns ( stream .greeter.HelloResponse );",
    );
    expect(await describeIt("greeter.CountRequest")).toContain("uint32 times = 2;");
    expect(await describeIt("grpc.health.v1.Health")).toContain("rpc Watch");
  });

  test("describes everything there is, with its options", async () => {
    const { stdout } = await run(grpcurl.path as string, ["-plaintext", extended.address, "describe"]);
    expect(stdout).toContain("greeter.Greeter is a service");
    const { stdout: found } = await run(grpcurl.path as string, [
      "-plaintext",
      extended.address,
      "describe",
      "options.M",
    ]);
    expect(found).toContain("option (.options.deep)");
  });

  test.each([
    ["greeter.Greeter/Hello", '{"name":"Ada"}', '{"msg":"Hello Ada"}'],
    ["greeter.Greeter/Count", '{"name":"Ada","times":2}', '{"msg":"1 Ada"}{"msg":"2 Ada"}'],
    ["greeter.Greeter/Gather", '{"name":"Ada"}{"name":"Bob"}', '{"msg":"Ada and Bob"}'],
    ["greeter.Greeter/Chat", '{"name":"Ada"}{"name":"Bob"}', '{"msg":"you said Ada"}{"msg":"you said Bob"}'],
    ["grpc.health.v1.Health/Check", '{"service":"greeter.Greeter"}', '{"status":"SERVING"}'],
  ])("calls %s with types it learned from us", async (method, request, answer) => {
    expect(
      (await ask(served.address, "-d", request, method)).replace(/\s+(?=[{}"])|(?<=[:{}])\s+/g, ""),
    ).toBe(answer);
  });
});

describe.skipIf(probe.path === undefined)(probe.name, () => {
  const check = (...args: string[]) =>
    run(probe.path as string, ["-addr", served.address, ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
      (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
    );

  test("is content", async () => {
    expect(await check()).toEqual({ code: 0, said: expect.stringContaining("status: SERVING") });
    expect(await check("-service", "greeter.Greeter")).toMatchObject({ code: 0 });
  });

  test("says so when there is no such service", async () => {
    const { code, said } = await check("-service", "greeter.Nope");
    expect(code).toBe(3);
    expect(said).toContain("greeter.Nope");
  });
});

describe("Python's grpcio", () => {
  test("reads health and reflection", async () => {
    const python = await pythonWithRequirements(fileURLToPath(new URL("grpc-tools", import.meta.url)));
    const script = fileURLToPath(new URL("grpc-tools/ask.py", import.meta.url));
    const { stdout } = await run(python, [script, served.address]);
    expect(JSON.parse(stdout)).toEqual({
      health: ["SERVING", "SERVING", "NOT_FOUND"],
      watch: "SERVING",
      services: [
        "greeter.Greeter",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
      ],
      methods: ["Hello", "Count", "Gather", "Chat"],
    });
  });
});
