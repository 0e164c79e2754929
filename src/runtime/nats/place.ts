import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";

/** A NATS server, and who we are there. */
export interface Place {
  /** `host:port`. */
  readonly host: string;
  readonly isTls: boolean;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  readonly token: string | undefined;
}

/** `tls://ann:secret@nats.local` -> `nats.local:4222`, over TLS, as ann. */
export function parsePlace(server: string): Place {
  const [, scheme, credentials, rest = ""] =
    /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?([^/@]*)\/?$/.exec(server.trim()) ?? [];
  if (rest === "") throw new TypeError("a NATS server is host:port, nats://host:port or tls://host:port");
  const [, user, pass] = (/^([^:]*)(?::(.*))?$/.exec(credentials ?? "") ?? []).map(
    (part: string | undefined) => (part === undefined ? undefined : decodeURIComponent(part)),
  );
  return {
    host: /:\d+$/.test(rest) ? rest : `${rest}:4222`,
    isTls: scheme === "tls",
    user: pass === undefined ? undefined : user,
    pass,
    token: pass === undefined && user !== "" ? user : undefined,
  };
}

/**
 * Which name a certificate must have. The library hands over that of a server given by name, and none for an IP, which Node
 * takes for `localhost`: there the addresses we were given count.
 */
export function identityOf(places: readonly Place[]): { checkServerIdentity?: typeof checkServerIdentity } {
  const addresses = places
    .map(({ host }) => host.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""))
    .filter((host) => isIP(host) !== 0);
  if (addresses.length === 0) return {};
  return {
    checkServerIdentity: (name, certificate) =>
      addresses.some((address) => checkServerIdentity(address, certificate) === undefined)
        ? undefined
        : checkServerIdentity(name, certificate),
  };
}
