import { MicroError } from "../errors/index.ts";
import { Metadata } from "../metadata/index.ts";

/**
 * Names that belong to a connection, a protocol or one hop, never to the application: not shown to handlers, not taken
 * from callers of our client, not forwarded. HTTP's hop-by-hop names (RFC 9110 section 7.6.1), gRPC's and Connect's own, and
 * those go-micro keeps for itself.
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
  "micro-endpoint",
  "micro-error",
  "micro-id",
  "micro-method",
  "micro-protocol",
  "micro-service",
  "micro-stream",
  "micro-target",
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

const RESERVED_PREFIX = /^(?::|grpc-|connect-|x-micro-|micro-header-|micro-trailer-)/;

/** True for `:path`, `grpc-timeout`, `x-micro-id`, `connection` ...; takes lower case. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name) || RESERVED_PREFIX.test(name);
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
  for (const [name, value] of metadata.pairs()) {
    if (isReservedName(name)) continue;
    const key = prefix + name;
    // Own properties only: a peer may well name its header `constructor`.
    const before = Object.hasOwn(headers, key) ? headers[key] : undefined;
    const joined = before === undefined ? value : `${before}${name.endsWith("-bin") ? "," : ", "}${value}`;
    headers[key] = joined;
  }
}

/** Peers refuse header blocks beyond 16 KiB, many with the whole connection; the rest is for path, status and protocol. */
const MAX_METADATA_BYTES = 15 * 1024;

/**
 * Throws MicroError 431 for more than one header block takes: better here and in words than as a stream or connection
 * that somebody cuts. `what` names it in the error: `metadata`. `others` go into the same block.
 */
export function checkMetadataSize(
  metadata: Metadata | undefined,
  what: string,
  id: string,
  others?: Metadata | undefined,
): void {
  if (metadata === undefined && others === undefined) return;
  const bytes = sizeOf(metadata) + sizeOf(others);
  if (bytes <= MAX_METADATA_BYTES) return;
  throw new MicroError({
    id,
    code: 431,
    grpc: 8,
    status: "Request Header Fields Too Large",
    detail: `${what} of ${bytes} bytes exceeds the limit of ${MAX_METADATA_BYTES}`,
  });
}

/** True when metadata leave room for an error in the same header block; what does not is left out, the error counts. */
export function fitBesideError(header: Metadata | undefined, trailer: Metadata | undefined): boolean {
  return sizeOf(header) + sizeOf(trailer) <= MAX_METADATA_BYTES / 2;
}

/** As HTTP/2 counts (RFC 9113, section 6.5.2). */
function sizeOf(metadata: Metadata | undefined): number {
  let bytes = 0;
  if (metadata === undefined) return bytes;
  for (const [name, value] of metadata.pairs()) bytes += name.length + value.length + 32;
  return bytes;
}
