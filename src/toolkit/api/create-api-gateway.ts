import type { IncomingMessage, ServerResponse } from "node:http";
import { type Client, MicroError, type Registry, type ServerTls } from "@micro-service/runtime";
import { type LogLine, logAccess } from "../gateway/access-log.ts";
import { createIsCallable } from "../gateway/callable.ts";
import { createCatalog } from "../gateway/catalog.ts";
import { createEdgeServer } from "../gateway/edge-server.ts";
import { isRefusal, parseSegments, parseTarget } from "../gateway/parse-target.ts";
import { checkRequest, isAllowedOrigin } from "../gateway/request-checks.ts";
import { httpError, sendError } from "../gateway/send-error.ts";
import { handleApi } from "./api-handler.ts";
import { applyCors } from "./cors.ts";
import { createMetadataTargets, createPathTargets } from "./find-target.ts";
import type { Exchange, GatewayContext } from "./gateway-context.ts";
import { createRpcMethods } from "./raw-method.ts";
import { handleRpcEndpoint } from "./rpc-endpoint.ts";
import { handleRpc } from "./rpc-handler.ts";

/** `meta` asks endpoint metadata first, then calls by path; `rpc` and `api` go by path alone. */
export const API_HANDLERS = ["meta", "rpc", "api"] as const;
/** One of {@link API_HANDLERS}. */
export type ApiHandler = (typeof API_HANDLERS)[number];

/** Settings of {@link createApiGateway}. */
export interface ApiGatewayOptions {
  /** Not closed by the gateway; neither is the registry. */
  readonly client: Client;
  readonly registry: Registry;
  /** Services are `<namespace>.<first segment>`. Default `go.micro.api`. */
  readonly namespace?: string | undefined;
  /** Default `meta`. */
  readonly handler?: ApiHandler | undefined;
  /** Serves `POST /rpc`, which reaches every service of the registry. Default false. */
  readonly enableRpc?: boolean | undefined;
  /** Origins that browsers may call from, `*` for all. Default: none but the gateway's own. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Host names answered while bound to loopback, besides loopback ones. `*` for all. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** HTTPS, with certificates that are replaced as the files are. Default: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** Believe a client's `X-Forwarded-*`: only behind a proxy that sets them. Default false. */
  readonly trustForwarded?: boolean | undefined;
  /** Time for a call. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Time for a whole stream. Default 600,000. */
  readonly streamTimeoutMs?: number | undefined;
  /** Default 4 MiB, the most a service takes. */
  readonly maxBodyBytes?: number | undefined;
  /** What `/` answers. Default `latest`. */
  readonly version?: string | undefined;
  /** Takes the access log. Default: nothing is logged. */
  readonly accessLog?: LogLine | undefined;
  /** Hears of exceptions that only an operator should read. Default: standard error. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** HTTP in front of services: a path becomes a service and an endpoint, JSON goes in and out. */
export interface ApiGateway {
  /** `host:port` really bound; undefined before `listen`. */
  readonly address: string | undefined;
  /** Resolves to the bound `host:port`. Rejects with AddressTakenError when somebody listens there. */
  listen(address: string): Promise<string>;
  /** Lets running requests finish within `graceMs` (default 5000), then cuts them. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Puts a gateway together; nothing is opened before `listen`. */
export function createApiGateway(options: ApiGatewayOptions): ApiGateway {
  const { namespace = "go.micro.api", handler = "meta", corsOrigins = [] } = options;
  const id = namespace === "" ? "go.micro.api" : namespace;
  const catalog = createCatalog({ registry: options.registry, namespace });
  const context: GatewayContext = {
    client: options.client,
    catalog,
    id,
    timeoutMs: options.timeoutMs ?? 5_000,
    streamTimeoutMs: options.streamTimeoutMs ?? 600_000,
    maxBodyBytes: options.maxBodyBytes ?? 4 * 1024 * 1024,
    trustForwarded: options.trustForwarded ?? false,
    isCallable: createIsCallable(),
    methods: createRpcMethods(),
  };
  const findTarget =
    handler === "meta" ? createMetadataTargets(context) : createPathTargets(context, handler);
  const allowedMethods =
    handler === "rpc" ? ["GET", "HEAD", "POST"] : ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
  const onError = options.onError ?? ((error: unknown) => console.error(error));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = checkRequest(request, {
      allowedHosts: options.allowedHosts ?? [],
      loopbackOnly: server.loopbackOnly,
    });
    if (refusal !== undefined) throw httpError(id, refusal.code, refusal.detail);
    const { host = "", origin } = request.headers;
    if (!isAllowedOrigin(origin, host, corsOrigins)) {
      throw httpError(
        id,
        403,
        `web pages of ${JSON.stringify(origin)} may not call this gateway; allow them with --cors_origins`,
      );
    }
    if (corsOrigins.length > 0 && applyCors(request, response, { origins: corsOrigins })) return;
    const target = parseTarget(request.url ?? "", host);
    if (isRefusal(target)) throw httpError(id, target.code, target.detail);
    const segments = parseSegments(target.rawPath);
    if (isRefusal(segments)) throw httpError(id, segments.code, segments.detail);

    if (request.method === "OPTIONS") {
      response.writeHead(204, { allow: [...allowedMethods, "OPTIONS"].join(", ") }).end();
      return;
    }
    if (!allowedMethods.includes(request.method ?? "")) {
      response.setHeader("allow", [...allowedMethods, "OPTIONS"].join(", "));
      throw httpError(id, 405, `method ${request.method} is not allowed here`);
    }
    if (segments.length === 0) return sendJson(response, { version: options.version ?? "latest" });
    if (target.rawPath === "/favicon.ico") return void response.writeHead(200, { "content-length": 0 }).end();

    const left = new AbortController();
    response.once("close", () => {
      // Only for a client that left: making an abort reason costs more than the rest of the gateway.
      if (!response.writableFinished) left.abort();
    });
    const exchange: Exchange = { request, response, segments, ...target, signal: left.signal };
    if (options.enableRpc === true && target.rawPath === "/rpc") return handleRpcEndpoint(context, exchange);
    const found = await findTarget(exchange);
    await (found.handler === "api" ? handleApi : handleRpc)(context, exchange, found);
  };

  const server = createEdgeServer({
    tls: options.tls,
    onProblem: onError,
    onRequest(request, response) {
      if (options.accessLog !== undefined) logAccess(request, response, options.accessLog);
      answer(request, response).catch((reason: unknown) => {
        const error = MicroError.from(reason, id);
        // Everything that was no MicroError is a fault of ours: the client gets a bland 500, the operator the reason.
        if (error !== reason && error.code === 500) onError(reason);
        sendError(response, error);
      });
    },
  });

  return {
    get address() {
      return server.address;
    },
    listen: (address) => server.listen(address),
    async close(closeOptions) {
      await server.close(closeOptions);
      catalog.close();
    },
  };
}

function sendJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
