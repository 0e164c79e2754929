import { networkInterfaces } from "node:os";
import { expect, it, vi } from "vitest";
import { lookAround, withoutScope } from "../../../../src/runtime/registry/mdns/neighbourhood.ts";

vi.mock("node:os", () => ({ networkInterfaces: vi.fn() }));

const ipv4 = (address: string, prefix: number) => ({
  address,
  family: "IPv4" as const,
  cidr: `${address}/${prefix}`,
  netmask: "",
  mac: "",
  internal: false,
});
const ipv6 = (address: string, prefix: number) => ({
  address,
  family: "IPv6" as const,
  cidr: `${address}/${prefix}`,
  netmask: "",
  mac: "",
  internal: false,
  scopeid: 0,
});
vi.mocked(networkInterfaces).mockReturnValue({
  lo: [ipv4("127.0.0.1", 8), ipv6("::1", 128)],
  eth0: [ipv4("10.1.0.5", 16), ipv6("fe80::5", 64), ipv6("fd00::5", 64)],
  docker0: [ipv4("172.17.0.1", 16)],
});

it("speaks on every IPv4 address, and once per interface with IPv6", () => {
  expect(lookAround().links.map(({ family, name }) => `${name}/${family}`)).toEqual([
    "lo/4",
    "lo/6",
    "eth0/4",
    "eth0/6",
    "docker0/4",
  ]);
  expect(lookAround("10.1.0.5").links).toEqual([{ family: 4, name: "eth0", address: "10.1.0.5" }]);
  expect(lookAround("10.9.9.9").links).toEqual([]);
});

it.each([
  ["10.1.200.1", true],
  ["10.2.0.1", false],
  ["8.8.8.8", false],
  ["127.0.0.1", true],
  ["172.17.3.3", true],
  ["fd00::77", true],
  ["fd01::77", false],
  ["fe80::1", true],
  ["::1", true],
])("%s is near: %s", (address, near) => {
  expect(lookAround().isNear(address)).toBe(near);
});

it.each([
  ["10.1.0.9", "10.1.0.9", true, "itself"],
  ["10.1.0.8", "10.1.0.9", true, "a neighbour"],
  ["172.17.0.2", "10.1.0.9", true, "another link of ours"],
  ["8.8.8.8", "10.1.0.9", false, "the world"],
  ["127.0.0.1", "10.1.0.9", false, "our loopback"],
  ["::1", "10.1.0.9", false, "our IPv6 loopback"],
  ["169.254.169.254", "10.1.0.9", false, "a cloud's metadata"],
  ["fe80::7", "fe80::7", true, "itself, link-local"],
  ["fe80::8", "fe80::7", false, "another link-local"],
  ["0.0.0.0", "10.1.0.9", false, "nowhere"],
  ["224.0.0.251", "10.1.0.9", false, "a group"],
  ["255.255.255.255", "10.1.0.9", false, "everybody"],
  ["8.8.8.8", "10.1.0.5", true, "the world, said by this machine"],
  ["127.0.0.1", "127.0.0.1", true, "loopback, said by this machine"],
  ["0.0.0.0", "127.0.0.1", false, "nowhere, said by this machine"],
])("a node at %s, told by %s, is believed: %s (%s)", (host, sender, believed) => {
  expect(lookAround().allows(host, sender)).toBe(believed);
});

it.each([
  ["127.0.0.1", true],
  ["127.0.0.9", true],
  ["::1", true],
  ["10.1.0.5", false],
  ["10.1.0.9", false],
])("speaking on loopback, a node at %s is believed: %s", (host, believed) => {
  expect(lookAround("127.0.0.1").allows(host, "127.0.0.1")).toBe(believed);
});

it("speaking on loopback, other machines and our other addresses are far", () => {
  const around = lookAround("127.0.0.1");
  expect(["10.1.0.9", "10.1.0.5", "fd00::5"].map(around.isNear)).toEqual([false, false, false]);
});

it("speaking on an IPv6 address, its interface's others are local, and those of other interfaces far", () => {
  const around = lookAround("fd00::5");
  expect(around.links.map(({ family, name }) => `${name}/${family}`)).toEqual(["eth0/6"]);
  expect(["fe80::5", "fd00::5", "fd00::6", "10.1.0.5", "::1"].map(around.isNear)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it("addresses are compared without scope and IPv6 clothes", () => {
  expect(withoutScope("fe80::1%eth0")).toBe("fe80::1");
  expect(withoutScope("::ffff:10.0.0.1")).toBe("10.0.0.1");
});
