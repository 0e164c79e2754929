import type { ServiceRecord } from "@micro-service/runtime";
import { describe, expect, test } from "vitest";
import { createRouteTable } from "../../../src/toolkit/api/route-table.ts";

interface Claim {
  readonly service?: string;
  readonly endpoint: string;
  readonly metadata: Record<string, string>;
  readonly go?: boolean;
}

const record = ({ service = "go.micro.api.shop", endpoint, metadata, go = false }: Claim): ServiceRecord => ({
  name: service,
  version: "latest",
  metadata: {},
  nodes: [{ id: `${service}-1`, address: "127.0.0.1:1", metadata: go ? {} : { protocols: "grpc,json" } }],
  endpoints: [{ name: endpoint, request: null, response: null, metadata }],
});

const find = (claims: readonly Claim[], method: string, path: string, host = "localhost") => {
  const segments = path.split("/").filter(Boolean);
  const match = createRouteTable(claims.map(record)).match({ method, host, segments });
  return (
    match && { endpoint: match.route.endpoint.name, body: match.route.body, service: match.route.service }
  );
};

describe("endpoints claim requests by their metadata", () => {
  test("method and path must both match", () => {
    const claims = [{ endpoint: "Shop.Place", metadata: { method: "POST", path: "/v1/orders", body: "*" } }];
    expect(find(claims, "POST", "/v1/orders")).toMatchObject({ endpoint: "Shop.Place", body: "*" });
    expect(find(claims, "GET", "/v1/orders")).toBeUndefined();
  });

  test("the n-th method and body of our services belong to the n-th path", () => {
    const metadata = { method: "GET,POST", path: "/v1/a,/v1/b", body: ",order" };
    expect(find([{ endpoint: "S.M", metadata }], "GET", "/v1/a")).toMatchObject({ body: undefined });
    expect(find([{ endpoint: "S.M", metadata }], "POST", "/v1/b")).toMatchObject({ body: "order" });
    expect(find([{ endpoint: "S.M", metadata }], "POST", "/v1/a")).toBeUndefined();
  });

  test("go-micro's services answer every method on every path", () => {
    const claims = [{ endpoint: "S.M", metadata: { method: "GET,POST", path: "/a,/b" }, go: true }];
    expect(find(claims, "POST", "/a")).toBeDefined();
    expect(find(claims, "GET", "/b")).toBeDefined();
  });

  test("an endpoint bound to a host answers only there, and before one that is not", () => {
    const claims = [
      { endpoint: "A.Any", metadata: { method: "GET", path: "/x" } },
      { endpoint: "B.Host", metadata: { method: "GET", path: "/x", host: "shop.test" } },
    ];
    expect(find(claims, "GET", "/x")?.endpoint).toBe("A.Any");
    expect(find(claims, "GET", "/x", "shop.test")?.endpoint).toBe("B.Host");
  });

  test("two that claim the same request: the same one wins in whatever order they registered", () => {
    const claims = ["b", "a", "c"].map((name) => ({
      service: `go.micro.api.${name}`,
      endpoint: "S.M",
      metadata: { method: "GET", path: "/x/{y}" },
    }));
    const winners = [claims, [...claims].reverse()].map((order) => find(order, "GET", "/x/1")?.service);
    expect(winners).toEqual(["go.micro.api.a", "go.micro.api.a"]);
  });

  test("a regular expression of go-micro claims nothing", () => {
    expect(find([{ endpoint: "S.M", metadata: { path: "^/x/?$" } }], "GET", "/x")).toBeUndefined();
  });

  test("methods at a path are told, for a 405", () => {
    const table = createRouteTable([record({ endpoint: "S.M", metadata: { method: "POST", path: "/x" } })]);
    expect(table.methodsAt({ host: "h", segments: ["x"] })).toEqual(["POST"]);
    expect(table.methodsAt({ host: "h", segments: ["y"] })).toEqual([]);
  });
});
