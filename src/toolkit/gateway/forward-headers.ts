import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { HOPS_HEADER, hopsOf } from "./request-checks.ts";

/** Headers that concern one connection only (RFC 9110, 7.6.1), and what old proxies add to them. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

export interface ForwardOptions {
  /** Keep the client's `X-Forwarded-*` and append to it. Default false: they are replaced. */
  readonly trustForwarded: boolean;
  /** Hop-by-hop names kept nevertheless, in lower case (`upgrade` of a WebSocket). */
  readonly keep?: readonly string[];
}

/**
 * The request's headers as the next hop may see them: without hop-by-hop ones and those `Connection` lists, without
 * `Micro-*` and `X-Micro-*` (they carry trust inside the system), with `X-Forwarded-For`, `-Host`, `-Proto` and the
 * hop count rewritten. Names in lower case, several values kept apart.
 */
export function forwardedHeaders(request: IncomingMessage, options: ForwardOptions): Map<string, string[]> {
  const dropped = droppedOf(request.headers.connection, options.keep);
  const headers = new Map<string, string[]>();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values === undefined || dropped.has(name) || name === "host") continue;
    if (/^(?:x-)?micro-/.test(name)) continue;
    if (!options.trustForwarded && (name === "forwarded" || name.startsWith("x-forwarded-"))) continue;
    headers.set(name, values);
  }
  const peer = request.socket.remoteAddress ?? "";
  headers.set("x-forwarded-for", [...(headers.get("x-forwarded-for") ?? []), peer].filter(Boolean));
  if (!headers.has("x-forwarded-host")) headers.set("x-forwarded-host", [request.headers.host ?? ""]);
  if (!headers.has("x-forwarded-proto")) {
    headers.set("x-forwarded-proto", [request.socket instanceof TLSSocket ? "https" : "http"]);
  }
  headers.set(HOPS_HEADER, [String(hopsOf(request) + 1)]);
  return headers;
}

/** The answer's headers as our client may see them. */
export function returnedHeaders(raw: Readonly<NodeJS.Dict<string[]>>): Map<string, string[]> {
  const dropped = new Set([...HOP_BY_HOP, ...listOf(raw.connection?.join(","))]);
  const headers = new Map<string, string[]>();
  for (const [name, values] of Object.entries(raw)) {
    if (values !== undefined && !dropped.has(name)) headers.set(name, values);
  }
  return headers;
}

/** True for a name that must not cross a hop. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase());
}

/** What `Connection` lists is nearly always dropped anyhow: one set serves all such requests. */
function droppedOf(connection: string | undefined, keep: readonly string[] = []): ReadonlySet<string> {
  const listed = listOf(connection).filter((name) => name !== "close" && !HOP_BY_HOP.has(name));
  if (listed.length === 0 && keep.length === 0) return HOP_BY_HOP;
  const dropped = new Set([...HOP_BY_HOP, ...listed]);
  for (const name of keep) dropped.delete(name);
  return dropped;
}

function listOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}
