import type { Duplex } from "node:stream";
import { checkServerIdentity, type PeerCertificate, TLSSocket } from "node:tls";

/**
 * The names a certificate was issued for: DNS names as they are, URIs (`spiffe://example.org/greeter`) whole. Names that
 * hold what could be taken for a separator are left out: nobody needs them, and they are how such lists are forged.
 */
export function namesOf(certificate: Pick<PeerCertificate, "subjectaltname">): string[] {
  const entries = certificate.subjectaltname?.split(", ") ?? [];
  return entries.flatMap((entry) => /^(?:DNS|URI):([^"\s\\]+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Undefined when the certificate is that of `service`, else the error that says whose it is. It is when one of its DNS
 * names is the service's name (a wildcard covers one element, RFC 6125), or one of its SPIFFE IDs ends in it.
 */
export function checkService(service: string, certificate: PeerCertificate): Error | undefined {
  if (checkServerIdentity(service, certificate) === undefined) return undefined;
  const names = namesOf(certificate);
  if (names.some((name) => name.startsWith("spiffe://") && name.split("/").slice(3).at(-1) === service))
    return undefined;
  return new Error(`its certificate is for ${names.join(", ") || "nobody by name"}, not for ${service}`);
}

/** Who the other end of a connection proved to be. Empty without TLS, or when it showed no certificate. */
export function provenNames(connection: Duplex): readonly string[] {
  if (!(connection instanceof TLSSocket) || !connection.authorized) return [];
  return namesOf(connection.getPeerCertificate());
}
