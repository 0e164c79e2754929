import { BlockList, isIPv4, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** One way out of this machine. */
export interface Link {
  readonly family: 4 | 6;
  /** `eth0`. */
  readonly name: string;
  readonly address: string;
}

/**
 * Who is near, and whom to believe. mDNS has no authentication, so a record is a hint only: it must come from the link
 * (RFC 6762, section 11), and must not lead to places its sender has no business naming.
 */
export interface Neighbourhood {
  /** IPv4: one per address; IPv6: one per interface. */
  readonly links: readonly Link[];
  /** Changes when the interfaces do. */
  readonly fingerprint: string;
  /** True for this machine's own addresses, as far as we speak on them. */
  isLocal(address: string): boolean;
  /** True for this machine's addresses and those that need no router. */
  isNear(address: string): boolean;
  /**
   * May this sender say that a node is at this host? Never unspecified or multicast addresses. From another machine:
   * its own address or one near us, but no loopback and no foreign link-local one (169.254.169.254 is a cloud's metadata).
   * From this machine: anything. When speaking on one interface only: what is near there, whoever says so.
   */
  allows(host: string, sender: string): boolean;
}

const never = blockList([
  ["0.0.0.0", 8],
  ["224.0.0.0", 3],
  ["::", 128],
  ["ff00::", 8],
]);
const loopback = blockList([
  ["127.0.0.0", 8],
  ["::1", 128],
]);
const linkLocal = blockList([
  ["169.254.0.0", 16],
  ["fe80::", 10],
]);

/** Looks at the interfaces as they are now; with `address`, only at the one that has it. */
export function lookAround(address?: string | undefined): Neighbourhood {
  const links: Link[] = [];
  const local = new Set<string>();
  const near = new BlockList();
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    let hasIpv6 = false;
    // With IPv6 an interface speaks from its link-local address, whichever of its addresses was named.
    const isWholeIpv6 =
      address !== undefined && isIPv6(address) && addresses.some((a) => a.address === address);
    for (const { address: own, cidr, family } of addresses) {
      const isWanted = address === undefined || own === address || (isWholeIpv6 && family === "IPv6");
      if (!isWanted) continue;
      local.add(own);
      if (cidr !== null) near.addSubnet(own, Number(cidr.split("/")[1]), family === "IPv4" ? "ipv4" : "ipv6");
      if (family === "IPv4") links.push({ family: 4, name, address: own });
      else if (!hasIpv6) {
        hasIpv6 = true;
        links.push({ family: 6, name, address: own });
      }
    }
  }
  const hasLoopback = address === undefined || contains(loopback, address);
  const isLocal = (host: string) => local.has(host) || (hasLoopback && contains(loopback, host));
  const isNear = (host: string) => isLocal(host) || contains(near, host);
  return {
    links,
    fingerprint: links.map((link) => `${link.name} ${link.address}`).join(),
    isLocal,
    isNear,
    allows(host, sender) {
      if (contains(never, host)) return false;
      if (address !== undefined) return isNear(host);
      if (isLocal(sender)) return true;
      if (contains(loopback, host)) return false;
      return host === sender || (isNear(host) && !contains(linkLocal, host));
    },
  };
}

/** `fe80::1%eth0` -> `fe80::1`, `::ffff:10.0.0.1` -> `10.0.0.1`: an address as records write it. */
export function withoutScope(address: string): string {
  const plain = address.split("%", 1)[0]!;
  return plain.startsWith("::ffff:") && isIPv4(plain.slice(7)) ? plain.slice(7) : plain;
}

function contains(list: BlockList, host: string): boolean {
  if (isIPv4(host)) return list.check(host, "ipv4");
  return isIPv6(host) && list.check(host, "ipv6");
}

function blockList(subnets: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, isIPv4(net) ? "ipv4" : "ipv6");
  return list;
}
