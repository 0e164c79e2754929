import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import {
  createSelector,
  describeRegistry,
  MicroError,
  type Registry,
  type Selector,
  type ServerTls,
} from "@micro-service/runtime";
import { type LogLine, logAccess } from "../gateway/access-log.ts";
import { createCatalog } from "../gateway/catalog.ts";
import { createEdgeServer } from "../gateway/edge-server.ts";
import { fullName, shortName } from "../gateway/full-name.ts";
import { httpStatusOf } from "../gateway/http-status.ts";
import { isRefusal, parseTarget } from "../gateway/parse-target.ts";
import { checkRequest, isAllowedOrigin } from "../gateway/request-checks.ts";
import { httpError, sendError } from "../gateway/send-error.ts";
import { type Forwarding, type ForwardTarget, forwardRequest } from "./forward-request.ts";
import { forwardUpgrade } from "./forward-upgrade.ts";
import { errorPage, indexPage, STYLE_PATH, type WebServiceSummary } from "./pages.ts";
import { STYLE } from "./style.ts";
import { createUpstream, type UpstreamOptions } from "./upstream.ts";
import { parseWebPath } from "./web-path.ts";

/** Settings of {@link createWebProxy}. */
export interface WebProxyOptions extends UpstreamOptions {
  /** Not closed by the proxy. */
  readonly registry: Registry;
  /** Picks nodes. Default: one of our own on the registry. A given one is not closed. */
  readonly selector?: Selector | undefined;
  /** Services are `<namespace>.<first segment>`. Default `go.micro.web`. */
  readonly namespace?: string | undefined;
  /** Host names answered while bound to loopback, besides loopback ones. `*` for all. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins whose pages may open WebSockets, besides the proxy's own. `*` for all. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** HTTPS, with certificates that are replaced as the files are. Default: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** Believe a client's `X-Forwarded-*`: only behind a proxy that sets them. Default false. */
  readonly trustForwarded?: boolean | undefined;
  /** Takes the access log. Default: nothing is logged. */
  readonly accessLog?: LogLine | undefined;
  /** Hears of exceptions that only an operator should read. Default: standard error. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** One front door for web services: `/greeter/...` is `/...` of `<namespace>.greeter`, WebSockets included. */
export interface WebProxy {
  /** `host:port` really bound; undefined before `listen`. */
  readonly address: string | undefined;
  /** Resolves to the bound `host:port`. Rejects with AddressTakenError when somebody listens there. */
  listen(address: string): Promise<string>;
  /** Lets running requests finish within `graceMs` (default 5000), then cuts them; WebSockets are cut at once. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Puts a proxy together; nothing is opened before `listen`. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { registry, namespace = "go.micro.web" } = options;
  const id = namespace === "" ? "go.micro.web" : namespace;
  const catalog = createCatalog({ registry, namespace });
  const selector = options.selector ?? createSelector({ registry });
  const upstream = createUpstream(options);
  const forwarding: Forwarding = { selector, upstream, trustForwarded: options.trustForwarded ?? false, id };
  const onError = options.onError ?? ((error: unknown) => console.error(error));

  /** What a request means: a place of ours, or one of a service. Throws MicroError for neither. */
  const read = async (request: IncomingMessage): Promise<Place> => {
    const refusal = checkRequest(request, {
      allowedHosts: options.allowedHosts ?? [],
      loopbackOnly: server.loopbackOnly,
    });
    if (refusal !== undefined) throw httpError(id, refusal.code, refusal.detail);
    const target = parseTarget(request.url ?? "", request.headers.host ?? "");
    if (isRefusal(target)) throw httpError(id, target.code, target.detail);
    const { rawPath, query } = target;
    if (rawPath === "/" || rawPath === STYLE_PATH || rawPath === "/favicon.ico")
      return { own: rawPath, query };
    const path = parseWebPath(rawPath);
    if (isRefusal(path)) throw httpError(id, path.code, path.detail);
    const service = fullName(namespace, path.alias);
    if ((await catalog.find(service)).length === 0) throw await catalog.notFound(id, service);
    const search = query === "" ? "" : `?${query}`;
    const basePath = `/${path.alias}`;
    if (path.rest === "") return { redirect: `${basePath}/${search}` };
    return { target: { service, basePath, path: `${path.rest}${search}` } };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const place = await read(request);
    if ("target" in place) return forwardRequest(forwarding, place.target, request, response);
    if ("redirect" in place) {
      // 308 keeps method and body; relative links of the page need the slash.
      response.writeHead(308, { location: place.redirect, "content-length": 0 }).end();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      throw httpError(id, 405, "this page answers GET");
    }
    if (place.own === STYLE_PATH) return send(response, 200, "text/css; charset=utf-8", STYLE);
    if (place.own === "/favicon.ico") return void response.writeHead(204).end();
    await sendIndex(request, response, place.query);
  };

  const sendIndex = async (
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
  ): Promise<void> => {
    const records = await catalog.services();
    const summaries = new Map<string, WebServiceSummary>();
    for (const record of records) {
      const alias = shortName(namespace, record.name);
      if (alias === undefined || isRefusal(parseWebPath(`/${alias}`))) continue;
      const before = summaries.get(record.name);
      summaries.set(record.name, {
        alias,
        name: record.name,
        versions: [...(before?.versions ?? []), record.version],
        nodes: (before?.nodes ?? 0) + record.nodes.length,
      });
    }
    const services = [...summaries.values()];
    if (query === "format=json" || !wantsHtml(request)) {
      return send(response, 200, "application/json", JSON.stringify({ services }));
    }
    const where = describeRegistry(registry);
    send(response, 200, "text/html; charset=utf-8", indexPage({ namespace, registry: where, services }));
  };

  const server = createEdgeServer({
    tls: options.tls,
    onProblem: onError,
    onRequest(request, response) {
      if (options.accessLog !== undefined) logAccess(request, response, options.accessLog);
      answer(request, response).catch((reason: unknown) => {
        const error = MicroError.from(reason, id);
        if (error !== reason && error.code === 500) onError(reason);
        if (!wantsHtml(request) || response.headersSent) return sendError(response, error);
        const code = httpStatusOf(error.code);
        send(
          response,
          code,
          "text/html; charset=utf-8",
          errorPage(code, STATUS_CODES[code] ?? "", error.detail),
        );
      });
    },
    onUpgrade(request, socket, head) {
      upgrade(request, socket, head).catch((reason: unknown) => {
        const error = MicroError.from(reason, id);
        if (error !== reason && error.code === 500) onError(reason);
        refuseUpgrade(socket, error);
      });
    },
  });

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (request.headers.upgrade?.toLowerCase() !== "websocket" || request.method !== "GET") {
      throw httpError(id, 400, "the only upgrade passed through is websocket");
    }
    const { host = "", origin } = request.headers;
    // Browsers let any page open a WebSocket anywhere: the Origin is all that tells them apart.
    if (!isAllowedOrigin(origin, host, options.allowedOrigins ?? [])) {
      throw httpError(
        id,
        403,
        `web pages of ${JSON.stringify(origin)} may not open WebSockets here; allow them with --allowed_origins`,
      );
    }
    const place = await read(request);
    if (!("target" in place)) throw httpError(id, 404, "no WebSocket here: the path is /<web service>/...");
    await forwardUpgrade(forwarding, place.target, request, socket, head);
  };

  return {
    get address() {
      return server.address;
    },
    listen: (address) => server.listen(address),
    async close(closeOptions) {
      await server.close(closeOptions);
      upstream.close();
      catalog.close();
      if (options.selector === undefined) await selector.close();
    },
  };
}

type Place =
  | { readonly own: string; readonly query: string }
  | { readonly redirect: string }
  | { readonly target: ForwardTarget };

function send(response: ServerResponse, code: number, contentType: string, body: string): void {
  response.writeHead(code, {
    ...PAGE_HEADERS,
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function wantsHtml(request: IncomingMessage): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}

function refuseUpgrade(socket: Duplex, error: MicroError): void {
  if (!socket.writable) return void socket.destroy();
  const body = JSON.stringify(error);
  const code = httpStatusOf(error.code);
  socket.end(
    [
      `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
