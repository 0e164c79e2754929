import { isIP } from "node:net";
import { type Node, parseAddress } from "@micro-service/runtime";

/**
 * False for a registered address that no service can have, but somebody who poisons the registry would like us to
 * call: link-local (cloud metadata services), unspecified, multicast, port 0, anything that is not `host:port`.
 */
export function isDialable(address: string): boolean {
  let host: string;
  try {
    const parsed = parseAddress(address);
    if (parsed.port === 0 || parsed.host === "") return false;
    host = parsed.host.toLowerCase();
  } catch {
    return false; // not host:port
  }
  // ::ffff:169.254.169.254 is the IPv4 address in disguise.
  const bare = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(host)?.[1] ?? host;
  if (isIP(bare) === 4) return !/^(?:0\.|169\.254\.|2(?:2[4-9]|[3-5]\d)\.)/.test(bare);
  if (isIP(bare) === 6)
    return !(bare === "::" || /^(?:fe[89ab]|ff)/.test(bare) || bare.startsWith("::ffff:"));
  // A host name made of digits alone would be read as an IPv4 address by some resolvers.
  return /^[a-z_]/i.test(bare) || /^[a-z0-9][a-z0-9-]*\.[a-z0-9.-]*[a-z]/i.test(bare);
}

/** Whether a call may go to this node. Nodes of the caller's own process (`protocol=direct`) have no socket address. */
export function isCallable(node: Node): boolean {
  return node.metadata.protocol === "direct" || isDialable(node.address);
}
