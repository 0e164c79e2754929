import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Connection,
  createMemoryBroker,
  createMemoryRegistry,
  createMemoryTransport,
  MicroError,
  type Node,
  type ServiceRecord,
} from "@micro-service/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connect } from "../../../src/toolkit/cli/connect.ts";
import { main } from "../../../src/toolkit/cli/main.ts";
import { Town } from "../api/shop.ts";
import { createFakeTerminal, type FakeTerminal } from "./fake-terminal.ts";

let town: Town;
let terminal: FakeTerminal;

const connect: Connect = async () => ({
  client: town.client,
  registry: town.registry,
  broker: createMemoryBroker(),
  transport: createMemoryTransport(),
  close: async () => {},
});

/** Runs micro on the town's registry. */
async function micro(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  terminal = createFakeTerminal();
  const code = await main(args, { terminal, connect });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

beforeEach(() => {
  town = new Town();
});

afterEach(() => town.close());

describe("micro list services", () => {
  test("prints names, sorted, one per line", async () => {
    await town.shop("go.micro.srv.shop");
    await town.shop("go.micro.api.shop");
    expect(await micro("list", "services")).toEqual({
      code: 0,
      stdout: "go.micro.api.shop\ngo.micro.srv.shop\n",
      stderr: "",
    });
  });

  test("--json is for programs", async () => {
    await town.shop("go.micro.srv.shop");
    expect((await micro("list", "services", "--json")).stdout).toBe('{"services":["go.micro.srv.shop"]}\n');
  });
});

describe("micro get service", () => {
  const record = {
    name: "go.micro.srv.greeter",
    version: "1.0.0",
    metadata: {},
    nodes: [{ id: "greeter-1", address: "127.0.0.1:1", metadata: { transport: "grpc", broker: "http" } }],
    endpoints: [
      {
        name: "Greeter.Hello",
        metadata: { stream: "true" },
        request: {
          name: "HelloRequest",
          type: "HelloRequest",
          values: [
            { name: "name", type: "string", values: [] },
            { name: "address", type: "Address", values: [{ name: "city_name", type: "string", values: [] }] },
          ],
        },
        response: null,
      },
    ],
  };

  test("prints nodes per version and the shape of every message", async () => {
    await town.registry.register(record);
    expect((await micro("get", "service", "go.micro.srv.greeter")).stdout).toBe(
      [
        "service  go.micro.srv.greeter",
        "",
        "version 1.0.0",
        "",
        "ID\tAddress\tMetadata",
        "greeter-1\t127.0.0.1:1\tbroker=http,transport=grpc",
        "",
        "Endpoint: Greeter.Hello",
        "",
        "Metadata: stream=true",
        "",
        "Request: {",
        "\tname string",
        "\taddress Address {",
        "\t\tcity_name string",
        "\t}",
        "}",
        "",
        "Response: {}",
        "",
      ].join("\n"),
    );
  });

  test("--json prints the records", async () => {
    await town.registry.register(record);
    const { stdout } = await micro("get", "service", "go.micro.srv.greeter", "--json");
    expect(JSON.parse(stdout)).toEqual({ services: [record] });
  });

  test("an unknown name fails with the registry asked and what was meant", async () => {
    await town.registry.register(record);
    expect(await micro("get", "service", "go.micro.srv.greter")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "service go.micro.srv.greter not found in registry memory. Did you mean go.micro.srv.greeter?\n",
    });
  });
});

describe("micro call", () => {
  test("prints the reply indented with tabs", async () => {
    await town.shop();
    expect(await micro("call", "go.micro.api.shop", "Shop.Place", '{"name":"Ada","count":3}')).toEqual({
      code: 0,
      stdout: '{\n\t"name": "Ada",\n\t"count": 3\n}\n',
      stderr: "",
    });
  });

  test("-o raw prints it as received; JSON that the shell took apart is joined", async () => {
    await town.shop();
    const { stdout } = await micro(
      "call",
      "-o",
      "raw",
      "go.micro.api.shop",
      "Shop.Place",
      '{"name":',
      '"Ada"}',
    );
    expect(stdout).toBe('{"name":"Ada"}\n');
  });

  test("--json prints the reply as one line", async () => {
    await town.shop();
    const { stdout } = await micro("call", "--json", "go.micro.api.shop", "Shop.Place", '{"name":"Ada"}');
    expect(stdout).toBe('{"name":"Ada"}\n');
  });

  test("without JSON the request is empty; metadata is sent along", async () => {
    const handler = await town.shop();
    const args = ["--metadata", "a=1", "--metadata", "b=x=y", "--timeout", "500ms"];
    expect((await micro("call", "go.micro.api.shop", "Shop.Place", ...args)).stdout).toBe("{}\n");
    expect(handler.context?.metadata.toJSON()).toMatchObject({ a: "1", b: "x=y" });
    expect(handler.context?.deadline).toBeLessThanOrEqual(Date.now() + 500);
  });

  test("--address calls that node", async () => {
    await town.shop();
    const [record] = await town.registry.getService("go.micro.api.shop");
    const address = record?.nodes[0]?.address as string;
    const { code } = await micro("call", "--address", address, "no.such.name", "Shop.Place");
    expect(code).toBe(0);
  });

  test("an error is Micro's error JSON and exit code 1", async () => {
    await town.shop();
    expect(await micro("call", "go.micro.api.shop", "Shop.Refuse", '{"name":"tea"}')).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'error calling go.micro.api.shop.Shop.Refuse: {"id":"go.micro.api.shop","code":400,"detail":"no tea – sold out","status":"Bad Request"}\n',
    });
  });

  test("an unknown service is named with registry and near matches", async () => {
    await town.shop();
    const { code, stderr } = await micro("call", "go.micro.api.shpo", "Shop.Place");
    expect(code).toBe(1);
    expect(stderr).toMatch(/go\.micro\.api\.shpo not found.*memory.*go\.micro\.api\.shop/);
  });
});

describe("micro call of a stream", () => {
  test.each([["Shop.Count"], ["shop.Shop/Count"]])(
    "%s is refused with the command to use, also when one message would come",
    async (endpoint) => {
      await town.shop();
      expect(await micro("call", "go.micro.api.shop", endpoint, '{"count":1}')).toEqual({
        code: 1,
        stdout: "",
        stderr: "Shop.Count is a stream: use micro stream go.micro.api.shop Shop.Count\n",
      });
    },
  );
});

describe("micro call of an endpoint that is not there", () => {
  test("names the schema's service and what was meant", async () => {
    await town.shop();
    const { code, stderr } = await micro("call", "go.micro.api.shop", "Shop.Plac");
    expect(code).toBe(1);
    expect(stderr).toContain("unknown method Plac of shop.Shop; did you mean Place?");
  });
});

describe("micro stream", () => {
  test("prints every message and ends without an error", async () => {
    await town.shop();
    const { code, stdout } = await micro(
      "stream",
      "go.micro.api.shop",
      "Shop.Count",
      '{"count":2}',
      "--json",
    );
    expect([code, stdout]).toEqual([0, '{"count":1}\n{"count":2}\n']);
  });

  test("an error behind messages is told, exit code 1", async () => {
    await town.shop();
    const { code, stdout, stderr } = await micro(
      "stream",
      "go.micro.api.shop",
      "Shop.Count",
      '{"count":1,"note":"fail"}',
    );
    expect([code, stdout]).toEqual([1, '{\n\t"count": 1\n}\n']);
    expect(stderr).toContain("no more");
  });
});

describe("micro publish", () => {
  test("prints ok once the broker has the event", async () => {
    const broker = createMemoryBroker();
    const events: string[] = [];
    await broker.connect();
    await broker.subscribe("news", ({ message }) => void events.push(Buffer.from(message.body).toString()));
    terminal = createFakeTerminal();
    const { createClient } = await import("@micro-service/runtime");
    const connection: Connection = {
      client: createClient({ broker }),
      registry: town.registry,
      broker,
      transport: createMemoryTransport(),
      close: async () => {},
    };
    const code = await main(["publish", "news", '{"say":', '"hi"}'], {
      terminal,
      connect: async () => connection,
    });
    expect([code, terminal.stdout()]).toEqual([0, "ok\n"]);
    await expect.poll(() => events).toEqual(['{"say": "hi"}']);
    await broker.close();
  });
});

describe("micro health", () => {
  test.each([[["health", "go.micro.api.shop"]], [["health", "check", "go.micro.api.shop"]]])(
    "%j asks every node",
    async (args) => {
      await town.shop();
      const [record] = await town.registry.getService("go.micro.api.shop");
      const [{ id, address }] = (record as ServiceRecord).nodes as [Node];
      expect(await micro(...args)).toEqual({
        code: 0,
        stdout: `service  go.micro.api.shop\n\nversion latest\n\n${"node".padEnd(id.length)}\t\t${"address:port".padEnd(address.length)}\t\tstatus\n${id}\t\t${address}\t\tok\n`,
        stderr: "",
      });
    },
  );

  test.each([
    [404, 0, "ok"],
    [503, 1, "HTTP 503 at /healthz"],
  ])("a web service that answers %i makes exit code %i", async (status, code, text) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const name = "go.micro.web.shop";
    await town.registry.register({
      name,
      version: "latest",
      metadata: {},
      endpoints: [],
      nodes: [{ id: "web-1", address, metadata: {} }],
    });
    const result = await micro("health", name);
    expect(result.code).toBe(code);
    expect(result.stdout).toContain(`web-1\t\t${address}\t\t${text}\n`);
    server.close();
    server.closeAllConnections();
  });

  test("a node that is gone makes exit code 1", async () => {
    await town.registry.register({
      name: "go.micro.srv.gone",
      version: "latest",
      metadata: {},
      endpoints: [],
      nodes: [{ id: "gone", address: "127.0.0.1:1", metadata: { protocol: "grpc", protocols: "grpc,json" } }],
    });
    const { code, stdout } = await micro("health", "go.micro.srv.gone");
    expect(code).toBe(1);
    expect(stdout).toMatch(/gone\t\t127\.0\.0\.1:1 +\t\t(?!ok)/);
  });
});

describe("a command line that makes no sense", () => {
  test.each([
    [[], "Usage: micro"],
    [["list"], "Usage: micro list"],
    [["cal"], "Did you mean call?"],
    [["call", "a.b"], "missing required argument"],
    [["call", "--regstry", "x", "a", "B.C"], "Did you mean --registry?"],
    [["call", "a", "Hello"], "an endpoint is Service.Method"],
    [["call", "a", "B.C", "{"], "the request is not JSON"],
    [["call", "a", "B.C", "--metadata", "x"], "--metadata takes key=value"],
    [["call", "a", "B.C", "--timeout", "soon"], "--timeout takes a duration"],
    [["call", "a", "B.C", "-o", "xml"], "Allowed choices are json, raw"],
    [["publish", "t"], "missing required argument"],
    [["publish", "t", "{"], "the event is not JSON"],
    [["health", "check"], "micro health takes one service"],
    [["health", "a", "b"], "micro health takes one service"],
    [["api", "--handler", "http"], "known: meta, rpc, api"],
    [["api", "--address", "nowhere"], "an address is host:port"],
    [["api", "--max_body_bytes", "0"], "--max_body_bytes takes a number"],
    [["run", "/nonexistent"], "no micro.json in /nonexistent or above"],
  ])("%j exits with 2 and says why", async (args, message) => {
    const { code, stdout, stderr } = await micro(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  test("an unknown registry names the known ones", async () => {
    terminal = createFakeTerminal();
    expect(await main(["--registry", "consul", "list", "services"], { terminal })).toBe(2);
    expect(terminal.stderr()).toMatch(/consul.*mdns/);
  });
});

describe("flags of micro itself stand before or behind the command", () => {
  test.each([
    [["--registry=etcd", "--registry_address", "h:1", "list", "services"]],
    [["list", "--registry=etcd", "services", "--registry_address", "h:1"]],
    [["list", "services", "--registry=etcd", "--registry_address=h:1"]],
  ])("%j", async (args) => {
    let seen: Readonly<Record<string, unknown>> = {};
    terminal = createFakeTerminal();
    const code = await main(args, {
      terminal,
      connect: async (options, given) => {
        seen = options;
        return connect(options, given);
      },
    });
    expect(code).toBe(0);
    expect(seen).toMatchObject({ registry: "etcd", registry_address: "h:1" });
  });
});

describe("a registry that is away", () => {
  test("is one line with its address, exit code 1", async () => {
    const registry = createMemoryRegistry();
    const away = async () => {
      throw new MicroError({
        id: "go.micro.registry",
        code: 503,
        detail: "registry etcd (127.0.0.1:1) is away",
      });
    };
    terminal = createFakeTerminal();
    const connection = { ...(await connect({}, terminal)), registry: { ...registry, listServices: away } };
    const code = await main(["list", "services"], { terminal, connect: async () => connection });
    expect([code, terminal.stderr()]).toEqual([1, "registry etcd (127.0.0.1:1) is away\n"]);
  });
});

describe("micro api and micro web", () => {
  test.each([
    ["api", '{"version":"0.1.0"}'],
    ["web", '{"services":[]}'],
  ])("micro %s serves until Ctrl-C, and says where", async (command, body) => {
    terminal = createFakeTerminal();
    const running = main([command, "--address", "127.0.0.1:0"], { terminal, connect });
    await expect.poll(() => terminal.stderr()).toContain("listens on http://127.0.0.1:");
    const url = /http:\S+[0-9]/.exec(terminal.stderr())?.[0] as string;
    expect(await (await fetch(url)).text()).toBe(body);
    terminal.interrupt();
    expect(await running).toBe(0);
    expect(terminal.stdout()).toContain('"GET / HTTP/1.1" 200');
    await expect(fetch(url)).rejects.toThrow();
  });

  test("a taken port is one line that names the flag", async () => {
    const first = createFakeTerminal();
    const running = main(["api", "--address", "127.0.0.1:0"], { terminal: first, connect });
    await expect.poll(() => first.stderr()).toContain("listens on");
    const address = /127\.0\.0\.1:\d+/.exec(first.stderr())?.[0] as string;
    expect(await micro("web", "--address", address)).toEqual({
      code: 1,
      stdout: "",
      stderr: `${address} is taken by another program: choose another with --address\n`,
    });
    expect((await micro("--web_address", address, "web")).stderr).toContain(
      "choose another with --web_address (MICRO_WEB_ADDRESS)\n",
    );
    first.interrupt();
    await running;
  });
});

describe("micro version", () => {
  test.each([[["version"]], [["--version"]], [["-v"]], [["-V"]]])("%j", async (args) => {
    expect(await micro(...args)).toEqual({ code: 0, stdout: "micro version 0.1.0\n", stderr: "" });
  });

  test("help is no failure", async () => {
    const { code, stdout } = await micro("call", "--help");
    expect(code).toBe(0);
    expect(stdout).toContain("--registry <name>");
  });
});
