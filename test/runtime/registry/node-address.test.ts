import { expect, test } from "vitest";
import {
  formatAddress,
  isWildcardHost,
  parseAddress,
  toNodeAddress,
} from "../../../src/runtime/registry/index.ts";

test.each([
  ["127.0.0.1:80", "127.0.0.1", 80],
  [":8080", "", 8080],
  ["[::1]:0", "::1", 0],
  ["localhost:65535", "localhost", 65_535],
])("when %s is parsed then host and port come out and go back in", (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port });
  expect(formatAddress(host, port)).toBe(text);
});

test.each(["", "8080", "host", "host:", "host:99999", "::1:80", "a b:1", "http://x:1", "host:-1"])(
  "when %j is parsed then it is refused",
  (text) => {
    expect(() => parseAddress(text)).toThrow(TypeError);
  },
);

test.each([
  ["127.0.0.1:80", undefined, "127.0.0.1:80"],
  ["127.0.0.1:80", "example.com", "example.com:80"],
  ["[::]:80", "::1", "[::1]:80"],
  ["[::]:80", "[::1]", "[::1]:80"],
  ["0.0.0.0:80", "10.0.0.5:8080", "10.0.0.5:8080"],
  ["0.0.0.0:80", "10.0.0.5:0", "10.0.0.5:80"],
])("when bound to %s and told to advertise %s then others are told %s", (bound, advertise, told) => {
  expect(toNodeAddress(bound, advertise)).toBe(told);
});

test.each([":80", "0.0.0.0:80", "[::]:80"])(
  "when bound to %s then others are told an address that is one",
  (bound) => {
    const { host, port } = parseAddress(toNodeAddress(bound));
    expect(isWildcardHost(host)).toBe(false);
    expect(port).toBe(80);
  },
);
