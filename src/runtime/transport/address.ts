/** Host and port of an address: `:8080` has an empty host, an IPv6 host is in brackets outside and bare inside. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080` -> host and port. Throws TypeError for anything that is not `host:port`. */
export function parseAddress(address: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]/\s]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
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
