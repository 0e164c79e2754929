import { describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { compareSchemas } from "../../../src/generator/compare/index.ts";
import { type FleetMember, judgeFleet } from "../../../src/generator/fleet/index.ts";
import { serviceDigest } from "../../../src/generator/schema/index.ts";
import { createFolder } from "../project/folder.ts";

const shop = `syntax = "proto3";
package shop;
message Money { int64 units = 1; string currency = 2; }
message Item { string name = 1; Money price = 2; State state = 3; }
enum State { STATE_UNKNOWN = 0; STATE_NEW = 1; }
message Order { repeated Item items = 1; map<string, Address> addresses = 2; message Address { string city = 1; } }
message Id { int64 id = 1; }
message Report { string text = 1; }
service Orders {
  rpc Place(Order) returns (Id);
  rpc Cancel(Id) returns (Id);
  rpc Watch(Id) returns (stream Order);
}
service Reports {
  rpc Make(Id) returns (Report);
}
`;

async function load(text: string) {
  const folder = await createFolder({ "shop.proto": text });
  return loadSchema({ files: ["shop.proto"], cwd: folder.path });
}

const member = (
  name: string,
  methods: readonly string[] | "all",
  digest = "",
  typeName = "shop.Orders",
): FleetMember => ({
  name,
  version: "latest",
  nodes: 1,
  uses: { kind: "told", more: 0, uses: [{ service: "go.micro.srv.shop", typeName, digest, methods }] },
});

/** `[consumer, methods]` of everybody that a change of the text breaks. */
async function broken(from: string, to: string, members: readonly FleetMember[]): Promise<unknown[]> {
  const [before, after] = [await load(shop), await load(shop.replace(from, to))];
  const changes = compareSchemas(before, after);
  expect(changes.some(({ kind }) => kind === "wire")).toBe(true);
  const { breaks } = judgeFleet("go.micro.srv.shop", before, changes, members);
  return breaks.map(({ consumer, methods }) => [consumer.name, ...methods]);
}

const places = member("places", ["Place"]);
const cancels = member("cancels", ["Cancel"]);
const watches = member("watches", ["Watch"]);
const reports = member("reports", ["Make"], "", "shop.Reports");
const everything = member("everything", "all");
const all = [places, cancels, watches, reports, everything];

describe("a change breaks whom it concerns, and nobody else", () => {
  test.each<[string, string, string, unknown[]]>([
    [
      "an rpc is gone",
      "  rpc Cancel(Id) returns (Id);\n",
      "",
      [
        ["cancels", "shop.Orders.Cancel"],
        ["everything", "shop.Orders.Cancel"],
      ],
    ],
    [
      "an rpc streams",
      "rpc Cancel(Id) returns (Id)",
      "rpc Cancel(Id) returns (stream Id)",
      [
        ["cancels", "shop.Orders.Cancel"],
        ["everything", "shop.Orders.Cancel"],
      ],
    ],
    [
      "a field two messages deep has another type",
      "int64 units = 1",
      "string units = 1",
      [
        ["places", "shop.Orders.Place"],
        ["watches", "shop.Orders.Watch"],
        ["everything", "shop.Orders.Place", "shop.Orders.Watch"],
      ],
    ],
    [
      "a field of a map's values does",
      "string city = 1",
      "int32 city = 1",
      [
        ["places", "shop.Orders.Place"],
        ["watches", "shop.Orders.Watch"],
        ["everything", "shop.Orders.Place", "shop.Orders.Watch"],
      ],
    ],
    ["a service is gone", "service Reports", "service Papers", [["reports", "shop.Reports.Make"]]],
    [
      "what only reports need changes",
      "string text = 1",
      "int32 text = 1",
      [["reports", "shop.Reports.Make"]],
    ],
  ])("when %s", async (_what, from, to, expected) => {
    expect(await broken(from, to, all)).toEqual(expected);
  });

  test("when somebody calls another service with the same proto then it is not meant", async () => {
    const other = {
      ...places,
      uses: {
        kind: "told" as const,
        more: 0,
        uses: [
          { service: "go.micro.srv.other", typeName: "shop.Orders", digest: "", methods: "all" as const },
        ],
      },
    };
    expect(await broken("int64 units = 1", "string units = 1", [other])).toEqual([]);
  });

  test("when the package is another one then everybody is concerned", async () => {
    expect(await broken("package shop;", "package store;", [cancels, reports])).toEqual([
      ["cancels", "shop.Orders.Cancel"],
      ["reports", "shop.Reports.Make"],
    ]);
  });
});

describe("what a consumer was made from", () => {
  test("when it is what runs then it is judged exactly, else that is said", async () => {
    const before = await load(shop);
    const orders = before.files[0]!.services[0]!;
    const digest = serviceDigest(before, {
      ...orders,
      methods: orders.methods.filter(({ name }) => name === "Place"),
    });
    const current = member("current", ["Place"], digest);
    const { outdated, consumers } = judgeFleet("go.micro.srv.shop", before, [], [current, places]);
    expect(outdated).toEqual([places]);
    expect(consumers).toEqual([current, places]);
  });

  test("when it calls what does not run then it is outdated, and nothing breaks", async () => {
    const before = await load(shop);
    const gone = member("gone", ["Old"], "", "shop.Gone");
    const verdict = judgeFleet("go.micro.srv.shop", before, [], [gone]);
    expect(verdict).toEqual({ breaks: [], outdated: [gone], consumers: [gone] });
  });

  test("when only JSON or source code would break then nobody who runs is concerned", async () => {
    const [before, after] = [await load(shop), await load(shop.replace("string currency", "string unit"))];
    const changes = compareSchemas(before, after);
    expect(changes.map(({ kind }) => kind)).toContain("json");
    expect(judgeFleet("go.micro.srv.shop", before, changes, all).breaks).toEqual([]);
  });
});
