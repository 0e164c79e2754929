import { networkInterfaces } from "node:os";

/** Host and port of an address: `:8080` has an empty host, an IPv6 host is in brackets outside and bare inside. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080` -> host and port. Throws TypeError for anything that is not `host:port`. */
export function parseAddress(address: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]/\s]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new TypeError(
      `an address is host:port, with an IPv6 host in brackets; got ${JSON.stringify(address)}`,
    );
  }
  return { host: match[1] ?? match[2] ?? "", port };
}

/** Host and port -> `127.0.0.1:8080`, `[::1]:8080`. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True for the hosts that mean every interface. */
export function isWildcardHost(host: string): boolean {
  return host === "" || host === "0.0.0.0" || host === "::";
}

/** True for the hosts that only this machine reaches. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/**
 * What to tell others when bound to `bound`: the wanted `advertise` (a host keeps the bound port), else the bound
 * address itself, else, for all interfaces, the first private IPv4 address of this machine (go-micro `util/addr`), any
 * other of its addresses, or loopback when there is none.
 */
export function toNodeAddress(bound: string, advertise = ""): string {
  const listening = parseAddress(bound);
  if (/:\d+$/.test(advertise) && !/^[^[]*:.*:/.test(advertise)) {
    const wanted = parseAddress(advertise);
    return formatAddress(wanted.host, wanted.port || listening.port);
  }
  if (advertise !== "") return formatAddress(advertise.replace(/^\[(.*)\]$/, "$1"), listening.port);
  return isWildcardHost(listening.host) ? formatAddress(ownAddress(), listening.port) : bound;
}

function ownAddress(): string {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  return outside.find(isPrivate) ?? outside[0] ?? "127.0.0.1";
}

/** RFC 1918, and RFC 6598 which go-micro counts too. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    address,
  );
}
