import { describe, expect, test } from "vitest";
import { Metadata } from "../../../src/runtime/metadata/index.ts";
import {
  addMetadata,
  isReservedName,
  metadataFromHeaders,
} from "../../../src/runtime/protocol/metadata-wire.ts";

describe("metadata", () => {
  test("when names differ in case only then they are the same", () => {
    const metadata = Metadata.from({ "X-Tenant": "blue" }).append("x-tenant", "green");
    expect(metadata.get("X-TENANT")).toBe("blue, green");
    expect(metadata.getAll("x-tenant")).toEqual(["blue", "green"]);
    expect([...metadata]).toEqual([
      ["x-tenant", "blue"],
      ["x-tenant", "green"],
    ]);
  });

  test("when made from other metadata then it is a copy", () => {
    const first = Metadata.from({ a: ["1", "2"] });
    const second = Metadata.from(first).append("a", "3");
    expect(first.getAll("a")).toEqual(["1", "2"]);
    expect(second.getAll("a")).toEqual(["1", "2", "3"]);
  });

  test("when bytes are set then they come back", () => {
    const metadata = new Metadata().setBinary("key-bin", Buffer.from([0, 255]));
    expect(metadata.getBinary("key-bin")).toEqual(Buffer.from([0, 255]));
    expect(() => metadata.setBinary("key", Buffer.alloc(1))).toThrow(/-bin/);
  });

  test.each([
    ["a b", "x"],
    ["", "x"],
    ["é", "x"],
    [":path", "x"],
    ["a", "line\nbreak"],
    ["a", "carriage\rreturn"],
    ["a", "é"],
    ["a", "\0"],
  ])("when name %j and value %j cannot travel then they are refused", (name, value) => {
    expect(() => new Metadata().set(name, value)).toThrow(TypeError);
  });

  test("when a name is one every object inherits then it is an ordinary name", () => {
    const metadata = new Metadata();
    expect(metadata.get("constructor")).toBeUndefined();
    metadata.set("__proto__", "x");
    expect(Object.keys(metadata.toJSON())).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(metadata.toJSON())).toBe(Object.prototype);
  });
});

describe("metadata on the wire", () => {
  test.each([
    ":path",
    "te",
    "grpc-timeout",
    "x-micro-id",
    "connection",
    "content-length",
    "timeout",
    "local",
  ])("when a name is %s then it is the protocol's", (name) => expect(isReservedName(name)).toBe(true));

  test.each(["authorization", "micro-from-service", "x-request-id", "traceparent"])(
    "when a name is %s then it is the application's",
    (name) => expect(isReservedName(name)).toBe(false),
  );

  test("when headers come in then the application's are kept, unreadable values left out", () => {
    const metadata = metadataFromHeaders({
      ":path": "/",
      "content-type": "application/grpc",
      tenant: "blue",
      cookie: ["a=1", "b=2"],
      broken: "\u00e9",
      none: undefined,
    });
    expect(metadata.toJSON()).toEqual({ tenant: "blue", cookie: "a=1, b=2" });
  });

  test("when metadata goes out then it cannot replace the protocol's own headers", () => {
    const headers: Record<string, string | string[] | undefined> = { te: "trailers" };
    addMetadata(headers, Metadata.from({ te: "x", "grpc-status": "0", a: ["1", "2", "3"], b: "4" }));
    expect(headers).toEqual({ te: "trailers", a: "1, 2, 3", b: "4" });
  });
});

describe("copies of metadata", () => {
  test.each([
    ["the copy", (_: Metadata, copy: Metadata) => copy],
    ["the original", (original: Metadata) => original],
  ])("when %s changes then the other one and further copies stay as they were", (_, choose) => {
    const original = Metadata.from({ role: ["reader", "writer"], user: "ada" });
    const copy = Metadata.from(original);
    const further = Metadata.from(copy);
    const changed = choose(original, copy);
    const others = [original, copy, further].filter((one) => one !== changed);

    changed.append("role", "owner").set("user", "bob");
    changed.delete("none");
    expect(changed.toJSON()).toEqual({ role: "reader, writer, owner", user: "bob" });
    for (const other of others) {
      expect(other.toJSON()).toEqual({ role: "reader, writer", user: "ada" });
      expect([...other]).toEqual([
        ["role", "reader"],
        ["role", "writer"],
        ["user", "ada"],
      ]);
    }
  });

  test("when something changes then pairs are told anew", () => {
    const metadata = Metadata.from({ a: "1" });
    expect(metadata.pairs()).toBe(metadata.pairs());
    metadata.append("a", "2");
    expect(metadata.pairs()).toEqual([
      ["a", "1"],
      ["a", "2"],
    ]);
  });
});
