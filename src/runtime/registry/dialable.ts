import { BlockList, isIP } from "node:net";
import { parseAddress } from "./node-address.ts";

/** Letters, digits, dashes, underscores, dots. */
const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?$/i;
/** Resolvers read a name that ends in a number as an IPv4 address: `2130706433`, `127.1`, `0xa9.0xfe.0xa9.0xfe`. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/i;

/**
 * False for a registered address that no service can have, but somebody who poisons the registry would like us to
 * call: link-local (cloud metadata services), unspecified, multicast, port 0, anything that is not `host:port`.
 */
export function isDialable(address: string): boolean {
  let host: string;
  try {
    const parsed = parseAddress(address);
    if (parsed.port === 0 || parsed.host === "") return false;
    host = parsed.host.split("%", 1)[0] as string;
  } catch {
    return false; // not host:port
  }
  const family = isIP(host);
  if (family !== 0) return !NOWHERE.check(host, family === 4 ? "ipv4" : "ipv6");
  return HOST_NAME.test(host) && !ENDS_IN_NUMBER.test(host);
}

/** IPv4 rules hold for IPv4 addresses in IPv6's clothes too, however they are spelt (`::ffff:a9fe:a9fe`). */
const NOWHERE = blockList(
  [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
  ],
  [
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    // IPv4 behind a translator (RFC 6052), and a cloud's metadata service.
    ["64:ff9b::", 96],
    ["fd00:ec2::254", 128],
  ],
);

function blockList(ipv4: [string, number][], ipv6: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ipv4) list.addSubnet(net, prefix, "ipv4");
  for (const [net, prefix] of ipv6) list.addSubnet(net, prefix, "ipv6");
  return list;
}
