import { describe, expect, test } from "vitest";
import { isDialable } from "../../../src/runtime/registry/index.ts";

// Addresses are judged only: nothing here is dialled.
describe("where a registered node may be", () => {
  test.each([
    "10.0.0.5:8080",
    "127.0.0.1:80",
    "[::1]:80",
    "[fd12::7]:80",
    "[::ffff:10.0.0.5]:80",
    "localhost:80",
    "greeter_1.default.svc.cluster.local.:80",
    "7up.example:80",
  ])("%s", (address) => {
    expect(isDialable(address)).toBe(true);
  });
});

describe("where it may not be", () => {
  test.each([
    "169.254.169.254:80",
    "[::ffff:169.254.169.254]:80",
    "[::ffff:a9fe:a9fe]:80",
    "[0:0:0:0:0:ffff:a9fe:a9fe]:80",
    "[0000:0000:0000:0000:0000:FFFF:A9FE:A9FE]:80",
    "[64:ff9b::a9fe:a9fe]:80",
    "[fd00:ec2::254]:80",
    "[fe80::1]:80",
    "[fe80::1%eth0]:80",
    "[::]:80",
    "[0:0::0]:80",
    "[ff02::1]:80",
    "0.0.0.0:80",
    "255.255.255.255:80",
    "127.0.0.1:0",
    ":80",
    "2852039166:80",
    "0xa9fea9fe:80",
    "0xa9.0xfe.0xa9.0xfe:80",
    "0251.0376.0251.0376:80",
    "169.254.43518:80",
    "127.1:80",
    "127.0.0.1.:80",
    "user@127.0.0.1:80",
    "127.0.0.1:80/x",
    "a b:80",
    "a/b:80",
    "unix:/tmp/x",
    `${"a".repeat(300)}:80`,
  ])("%s", (address) => {
    expect(isDialable(address)).toBe(false);
  });
});
