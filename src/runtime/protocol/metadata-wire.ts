import { Metadata } from "../metadata/index.ts";

/**
 * Names that belong to a connection, a protocol or one hop, never to the application: not shown to handlers, not taken
 * from callers of our client, not forwarded. HTTP's hop-by-hop names (RFC 9110 section 7.6.1), gRPC's own, and those
 * go-micro keeps for itself.
 */
const RESERVED = new Set([
  // No header at all, but a name that header objects cannot hold.
  "__proto__",
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "local",
  "micro-error",
  "micro-stream",
  "micro-topic",
  "proxy-connection",
  "remote",
  "te",
  "timeout",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-content-type",
]);

/** True for `:path`, `grpc-timeout`, `x-micro-id`, `connection` ...; takes lower case. */
export function isReservedName(name: string): boolean {
  return (
    RESERVED.has(name) || name.startsWith(":") || name.startsWith("grpc-") || name.startsWith("x-micro-")
  );
}

/** Headers of a request or response -> what the application may see. Values no metadata can hold are left out. */
export function metadataFromHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Metadata {
  const metadata = new Metadata();
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isReservedName(name)) continue;
    for (const one of typeof value === "string" ? [value] : value) {
      try {
        metadata.append(name, one);
      } catch {
        // Not ASCII: gRPC carries such values under -bin names only, and HTTP leaves their meaning open.
      }
    }
  }
  return metadata;
}

/**
 * Writes metadata into outgoing headers, after `prefix` if given; reserved names are left out. Several values of a name
 * become one, as gRPC allows: node:http2 refuses names that HTTP knows as single (`etag`) when they come twice.
 */
export function addMetadata(
  headers: Record<string, string | string[] | undefined>,
  metadata: Metadata,
  prefix = "",
): void {
  for (const [name, value] of metadata) {
    if (isReservedName(name)) continue;
    const key = prefix + name;
    // Own properties only: a peer may well name its header `constructor`.
    const before = Object.hasOwn(headers, key) ? headers[key] : undefined;
    const joined = before === undefined ? value : `${before}${name.endsWith("-bin") ? "," : ", "}${value}`;
    headers[key] = joined;
  }
}
