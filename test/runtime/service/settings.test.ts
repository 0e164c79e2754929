import { describe, expect, test } from "vitest";
import { parseDuration } from "../../../src/runtime/service/duration.ts";
import type { ServiceOptions } from "../../../src/runtime/service/index.ts";
import { readSettings } from "../../../src/runtime/service/read-settings.ts";
import { SETTINGS } from "../../../src/runtime/service/settings-table.ts";

const name = "go.micro.srv.greeter";
const read = (options: Partial<ServiceOptions> = {}) => readSettings({ name, args: [], env: {}, ...options });
const problemsOf = (...args: string[]) => read({ args }).problems;

describe("code < environment < flag", () => {
  test("when nobody says anything then the defaults are go-micro's", () => {
    const { settings, problems } = read();
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      name,
      version: "latest",
      registerTtlMs: 60_000,
      registerIntervalMs: 30_000,
    });
  });

  test("when all three say something then the flag wins, then the environment", () => {
    const env = { MICRO_REGISTRY: "etcd", MICRO_BROKER: "http", MICRO_SERVER_ADDRESS: "127.0.0.1:2" };
    const code = { registry: "memory", broker: "memory", address: "127.0.0.1:1", selector: "random" };
    const { settings } = read({ ...code, env, args: ["--registry=mdns"] });
    expect(settings).toMatchObject({
      registry: "mdns",
      broker: "http",
      address: "127.0.0.1:2",
      selector: "random",
    });
  });

  test("when a variable is empty then it counts as unset", () => {
    expect(read({ registry: "memory", env: { MICRO_REGISTRY: "" } }).settings.registry).toBe("memory");
  });

  test("when metadata is said in several places then it adds up and the stronger value wins", () => {
    const { settings } = read({
      metadata: { zone: "a", owner: "code" },
      env: { MICRO_SERVER_METADATA: "zone=b,rack=1" },
      args: ["--server_metadata=zone=c=d", "--server_metadata", "slot=2"],
    });
    expect(settings.metadata).toEqual({ zone: "c=d", owner: "code", rack: "1", slot: "2" });
  });

  test.each(SETTINGS.map(({ flag, example }) => [flag, example]))(
    "--%s %s is understood in both forms and as a variable",
    (flag, example) => {
      const code = {
        name: "other",
        version: "1",
        registerTtlMs: 99_000,
        registerIntervalMs: 20_000,
        // A certificate without its key is a mistake of its own.
        ...(/^tls_/.test(flag) ? { tls: { certFile: "own.crt", keyFile: "own.key" } } : {}),
        ...(/^client_tls_(cert|key)/.test(flag)
          ? { clientTls: { certFile: "own.crt", keyFile: "own.key" } }
          : {}),
      };
      const inOne = read({ ...code, args: [`--${flag}=${example}`] });
      expect(inOne.problems).toEqual([]);
      expect(inOne.settings).not.toEqual(read(code).settings);
      expect(read({ ...code, args: [`--${flag}`, example] })).toEqual(inOne);
      expect(read({ ...code, env: { [`MICRO_${flag.toUpperCase()}`]: example } })).toEqual(inOne);
    },
  );
});

describe("a mistake is one line that says what to write instead", () => {
  test.each([
    ["--client_request_timeout=5", '--client_request_timeout: "5" is not a duration; an example: 5s'],
    ["--client_request_timeout=-5s", '--client_request_timeout: "-5s" is not a duration; an example: 5s'],
    ["--client_request_timeout=0s", '--client_request_timeout: "0s" is not a duration; an example: 5s'],
    ["--client_retries=many", '--client_retries: "many" is not a whole number from 0 to 100; an example: 1'],
    ["--client_pool_size=0", '--client_pool_size: "0" is not a whole number from 1 to 65535; an example: 10'],
    [
      "--register_ttl=soon",
      '--register_ttl: "soon" is not a number of seconds or a duration; an example: 60',
    ],
    ["--server_address=8080", '--server_address: "8080" is not host:port; an example: :8080'],
    ["--server_address=:99999", '--server_address: ":99999" is not host:port; an example: :8080'],
    [
      "--server_advertise=a b",
      '--server_advertise: "a b" is not host or host:port; an example: 10.0.0.5:8080',
    ],
    ["--server_metadata=eu", '--server_metadata: "eu" is not key=value; an example: region=eu'],
    ["--registry", "--registry needs a value; an example: --registry=etcd"],
    ["--registry=", "--registry needs a value; an example: --registry=etcd"],
  ])("%s", (flag, line) => {
    expect(problemsOf(flag)).toEqual([line]);
  });

  test("when a variable is malformed then the line names the variable", () => {
    expect(read({ env: { MICRO_CLIENT_POOL_TTL: "1 minute" } }).problems).toEqual([
      'MICRO_CLIENT_POOL_TTL: "1 minute" is not a duration; an example: 1m',
    ]);
  });

  test("when several things are wrong then all are told", () => {
    expect(problemsOf("--client_retries=x", "--registry_address")).toHaveLength(2);
  });

  test("when a renewal would come too late then the line names both values", () => {
    expect(problemsOf("--register_ttl=10")).toEqual([
      "register_interval (30 s) must be shorter than register_ttl (10 s): the record would run out between renewals",
    ]);
    expect(problemsOf("--register_ttl=0", "--register_interval=0")).toEqual([]);
  });

  test("when the code leaves the name to the environment then that is fine", () => {
    const options = { args: [], env: { MICRO_SERVER_NAME: name } } as unknown as ServiceOptions;
    expect(readSettings(options)).toMatchObject({ problems: [], settings: { name } });
  });

  test.each(["", "a b", "grüße", "../x", ".greeter", "x".repeat(201)])("the name %j is refused", (bad) => {
    expect(read({ name: bad }).problems).toEqual([
      expect.stringMatching(/^service name .* an example: go\.micro/),
    ]);
  });
});

describe("flags that are not ours", () => {
  test("when a flag looks like one of ours then the right one is suggested", () => {
    expect(problemsOf("--registy=etcd")).toEqual([
      "unknown flag --registy; did you mean --registry? Flags of the application go behind --",
    ]);
    expect(problemsOf("--registry-address=x")).toEqual([
      expect.stringMatching(/did you mean --registry_address\?/),
    ]);
    expect(problemsOf("--server_port=1")).toEqual([expect.stringMatching(/known: .*--server_address/)]);
  });

  test("when a flag looks like nothing of ours then it is the application's", () => {
    expect(problemsOf("--port", "80", "--verbose", "-v", "migrate")).toEqual([]);
  });

  test("when a flag is behind -- then it is the application's", () => {
    const { settings, problems } = read({ args: ["--broker=memory", "--", "--registry=etcd", "--registy"] });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ broker: "memory", registry: undefined });
  });
});

describe("durations are Go's", () => {
  test.each([
    ["5s", 5_000],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1.5s", 1_500],
    ["250ms", 250],
    ["100us", 0.1],
    ["0", 0],
    ["5", undefined],
    ["s", undefined],
    ["1d", undefined],
    ["", undefined],
    ["1s ", undefined],
    ["9".repeat(60), undefined],
  ])("%j is %s ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
