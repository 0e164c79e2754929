import type { IncomingMessage } from "node:http";
import { Metadata } from "@micro-service/runtime";
import { type ForwardOptions, forwardedHeaders } from "../gateway/forward-headers.ts";

/** Belong to the HTTP message or to a protocol of the inner call, not to the request's meaning. */
const NOT_METADATA = new Set([
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  // go-micro's server reads a deadline from it.
  "timeout",
]);

/**
 * The request's headers as metadata of the call (go-micro `util/ctx`): several values joined with `,`, besides them
 * `host` and `method`. Left out is what must not cross a hop, what pretends to be ours, gRPC's own names, and what
 * metadata cannot carry.
 */
export function requestMetadata(request: IncomingMessage, options: ForwardOptions): Metadata {
  const metadata = new Metadata();
  const set = (name: string, value: string): void => {
    try {
      metadata.set(name, value);
    } catch {
      // A name or value outside what gRPC metadata may hold: HTTP allows more than the inner call can carry.
    }
  };
  for (const [name, values] of forwardedHeaders(request, options)) {
    if (NOT_METADATA.has(name) || name.startsWith("grpc-") || name.endsWith("-bin")) continue;
    set(name, values.join(","));
  }
  set("host", request.headers.host ?? "");
  set("method", request.method ?? "");
  return metadata;
}
