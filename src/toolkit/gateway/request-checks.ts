import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Refusal } from "./parse-target.ts";

/** More header lines than this are refused: Node would drop the rest silently. */
export const MOST_HEADERS = 100;
/** A request that came through this many gateways or proxies is a loop. */
export const MOST_HOPS = 8;
/** Counts the hops; ours alone among the X-Micro headers a client may send, since it can only shorten its own way. */
export const HOPS_HEADER = "x-micro-hops";

export interface HostPolicy {
  /** Host names answered besides loopback ones; `*` answers all. */
  readonly allowedHosts: readonly string[];
  /** True when the server is bound to loopback, where a foreign Host means DNS rebinding. */
  readonly loopbackOnly: boolean;
}

/**
 * What every request must satisfy, whatever it wants: one Host, no header flood, no loop, and on loopback a Host that
 * names this machine (a web page of another origin cannot pretend that).
 */
export function checkRequest(request: IncomingMessage, policy: HostPolicy): Refusal | undefined {
  const lines = request.rawHeaders.length / 2;
  if (lines > MOST_HEADERS) return { code: 431, detail: `more than ${MOST_HEADERS} header lines` };
  let hosts = 0;
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]?.toLowerCase() === "host") hosts++;
  }
  const host = request.headers.host ?? "";
  if (hosts !== 1 || /[\s/@\\,]/.test(host))
    return { code: 400, detail: "a request needs exactly one Host header" };
  if (policy.loopbackOnly && !isAllowedHost(host, policy.allowedHosts)) {
    return {
      code: 421,
      detail: `host ${JSON.stringify(hostName(host))} is not served here; add it with --allowed_hosts`,
    };
  }
  if (hopsOf(request) >= MOST_HOPS) {
    return { code: 508, detail: `request passed ${MOST_HOPS} gateways: it runs in a loop` };
  }
  return undefined;
}

/** Hops so far; anything but a small number counts as too many. */
export function hopsOf(request: IncomingMessage): number {
  const value = request.headers[HOPS_HEADER];
  if (value === undefined) return 0;
  return typeof value === "string" && /^[0-9]{1,2}$/.test(value) ? Number(value) : MOST_HOPS;
}

/** True when the header `Origin` is absent, of this very host, or listed. `*` allows all. */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes("*") || allowed.includes(origin)) return true;
  const match = /^https?:\/\/([^/]+)$/.exec(origin);
  return match?.[1]?.toLowerCase() === host.toLowerCase();
}

/** `127.0.0.1`, `localhost`, `::1` ... */
export function isLoopbackHost(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const name = hostName(host);
  return (
    isLoopbackHost(name) || allowed.includes("*") || allowed.some((entry) => entry.toLowerCase() === name)
  );
}

/** `[::1]:8080` -> `::1`, `Localhost:80` -> `localhost`. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d*$/, "")).toLowerCase();
}
