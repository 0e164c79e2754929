import { expect, test } from "vitest";
import { formatSource, parseSource } from "../../../src/generator/live/index.ts";

test.each([
  ["registry:com.example.srv.greeter", { kind: "registry", service: "com.example.srv.greeter" }],
  ["grpc://127.0.0.1:50051", { kind: "grpc", host: "127.0.0.1", port: 50051, tls: false }],
  ["grpcs://greeter.example:443", { kind: "grpc", host: "greeter.example", port: 443, tls: true }],
  ["grpc://[::1]:1", { kind: "grpc", host: "[::1]", port: 1, tls: false }],
  ["build/greeter.binpb", { kind: "file", path: "build/greeter.binpb" }],
])("when the source is %s then it is understood, and written the same", (text, source) => {
  expect(parseSource(text)).toEqual(source);
  expect(formatSource(parseSource(text))).toBe(text);
});

test.each([
  "",
  "registry:",
  "registry:../etc",
  "registry:a b",
  "grpc://host",
  "grpc://host:0",
  "grpc://host:65536",
  "grpc://user@host:1",
  "grpc://host:1/path",
  "grpc:host:1",
  "http://host:1",
])("when the source is %j then it is refused with an example", (text) => {
  expect(() => parseSource(text)).toThrow(/registry:|grpc:\/\//);
});
