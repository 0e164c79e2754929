import type { IncomingMessage, ServerResponse } from "node:http";

export interface CorsOptions {
  /** `https://app.example.com` ...; `*` for any site, which then gets no credentials. */
  readonly origins: readonly string[];
}

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const HEADERS = "Accept, Accept-Encoding, Authorization, Content-Type, Content-Length, X-CSRF-Token";
const PREFLIGHT_SECONDS = 600;

/**
 * Sets the CORS headers of an answer. A listed origin may send credentials; with `*` nobody may (browsers would let
 * any site act as the logged-in user otherwise, which go-micro's gateway did). True when the request was a preflight
 * and is answered.
 */
export function applyCors(request: IncomingMessage, response: ServerResponse, options: CorsOptions): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  response.setHeader("vary", "Origin");
  if (options.origins.includes(origin)) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-credentials", "true");
  } else if (options.origins.includes("*")) {
    response.setHeader("access-control-allow-origin", "*");
  } else {
    return false;
  }
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
    return false;
  response.writeHead(204, {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": HEADERS,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  });
  response.end();
  return true;
}
