import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, describe, expect, test } from "vitest";
import { gatewayPath as pathInReadme } from "../../src/generator/scaffold/gateway-path.ts";
import { createPathTargets } from "../../src/toolkit/api/find-target.ts";
import { gatewayPath as pathInMicroRun } from "../../src/toolkit/api/gateway-path.ts";
import { createCatalog } from "../../src/toolkit/gateway/catalog.ts";
import { parseSegments } from "../../src/toolkit/gateway/parse-target.ts";
import { Town } from "../toolkit/api/shop.ts";

const town = new Town();
afterAll(() => town.close());

/** Generator and toolkit may not import each other, so each has the rule; the gateway decides whether it is right. */
describe("the path that READMEs and micro run print leads to the method", () => {
  test.each([
    ["greeter", "Greeter", "Hello", "/greeter/hello"],
    ["greeter", "Greeter", "SayHello", "/greeter/say-hello"],
    ["greeter", "Greeter", "Call", "/greeter/call"],
    ["greeter", "Greeter", "Say_hello", "/greeter/say_hello"],
    ["greeter", "Greeter", "hello", "/greeter/hello"],
    ["greeter", "greeter", "sayHello", "/greeter/say-hello"],
    ["greeter", "Say", "Hello", "/greeter/say/hello"],
    ["order-desk", "OrderDesk", "Place", "/order-desk/place"],
    ["orderdesk", "OrderDesk", "Place", "/orderdesk/place"],
    ["shop", "OrderDesk", "Place", "/shop/order-desk/place"],
    ["files", "Files", "GetURL", "/files/get-URL"],
    ["files", "Files", "URLGet", "/files/URL-get"],
    ["files", "HTTPFiles", "V2Get", "/files/HTTP-files/v2-get"],
    ["files", "Files", "Get2FACode", "/files/get2-FA-code"],
    ["files", "Files", "A", "/files/a"],
    ["v2", "V2", "Place", "/v2/place"],
  ])("%s: %s.%s", async (alias, service, method, path) => {
    expect(pathInReadme(alias, service, method)).toBe(path);
    expect(pathInMicroRun(alias, `${service}.${method}`)).toBe(path);
    expect(await endpointAt(path, alias, [`${service}.${method}`, "Other.Method"])).toBe(
      `${service}.${method}`,
    );
  });

  test("there is none for a service under an alias that looks like a version", () => {
    expect(pathInReadme("v2", "Shop", "Place")).toBeUndefined();
    expect(pathInMicroRun("v2", "Shop.Place")).toBeUndefined();
  });

  test("a service with a dot in its alias is told by two elements before service and method", async () => {
    expect(pathInMicroRun("foo.bar", "Bar.Cat")).toBe("/foo/bar/bar/cat");
    expect(await endpointAt("/foo/bar/bar/cat", "foo.bar", ["Bar.Cat"])).toBe("Bar.Cat");
  });
});

describe("upper and lower case of a path matter only where names differ in nothing else", () => {
  test.each(["/files/get-url", "/files/get-URL", "/files/GETURL"])("%s is GetURL", async (path) => {
    expect(await endpointAt(path, "files", ["Files.GetURL"])).toBe("Files.GetURL");
  });

  test("the exact name wins", async () => {
    expect(await endpointAt("/files/get", "files", ["Files.GET", "Files.Get", "Files.get"])).toBe(
      "Files.Get",
    );
  });

  test("of two that are as near, none is called", async () => {
    await expect(endpointAt("/files/get", "files", ["Files.GET", "Files.get"])).rejects.toThrow(
      /has no endpoint Files\.Get; did you mean Files\.GET or Files\.get\?/,
    );
  });
});

/** Which endpoint the gateway calls for a path, when a service of this alias has these endpoints. */
async function endpointAt(path: string, alias: string, endpoints: readonly string[]): Promise<string> {
  const namespace = `test${randomUUID().slice(0, 8)}`;
  const name = `${namespace}.${alias}`;
  await town.registry.register({
    name,
    version: "1",
    metadata: {},
    nodes: [{ id: `${name}-1`, address: "127.0.0.1:9", metadata: {} }],
    endpoints: endpoints.map((endpoint) => ({ name: endpoint, request: null, response: null, metadata: {} })),
  });
  const catalog = createCatalog({ registry: town.registry, namespace });
  const segments = parseSegments(path);
  if (!Array.isArray(segments)) throw new Error(`the gateway refuses ${path}`);
  try {
    const findTarget = createPathTargets({ catalog, id: namespace }, "rpc");
    const target = await findTarget({
      request: {} as IncomingMessage,
      response: {} as ServerResponse,
      segments,
      rawPath: path,
      query: "",
      signal: new AbortController().signal,
    });
    return target.endpoint;
  } finally {
    catalog.close();
  }
}
