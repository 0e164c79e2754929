import { describe, expect, test } from "vitest";
import { codecOf, codecs } from "../../../src/runtime/codec/index.ts";
import { HelloRequest } from "../../fixtures/greeter/expected/greeter.ts";

test.each([
  ["application/protobuf", "proto"],
  ["application/grpc", "proto"],
  ["application/grpc+proto", "proto"],
  ["application/octet-stream", "proto"],
  ["application/json", "json"],
  ["application/grpc+json", "json"],
  ["Application/JSON; charset=utf-8", "json"],
  ["text/plain", undefined],
])("%s is spoken by %s", (contentType, name) => {
  expect(codecOf(contentType)?.name).toBe(name);
});

describe.each([...codecs])("%s", (_, codec) => {
  test("carries a message", () => {
    const bytes = codec.marshal(HelloRequest, { name: "Grüße" });
    expect(codec.unmarshal(HelloRequest, bytes)).toEqual({ name: "Grüße" });
  });

  test("answers bytes that are no such message with 400 and the reason", () => {
    const bad = codec.name === "json" ? '{"name":5}' : "\u000a\u00ff";
    expect(() => codec.unmarshal(HelloRequest, Buffer.from(bad, "latin1"))).toThrow(
      expect.objectContaining({
        code: 400,
        detail: expect.stringContaining("cannot read greeter.HelloRequest: "),
      }),
    );
  });
});

test("JSON that is no UTF-8 is refused", () => {
  expect(() => codecOf("application/json")?.unmarshal(HelloRequest, Buffer.from([0x22, 0xff, 0x22]))).toThrow(
    /UTF-8/,
  );
});
