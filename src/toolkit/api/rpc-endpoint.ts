import { badRequest, jsonMethod, MicroError } from "@micro-service/runtime";
import type { JsonValue } from "@micro-service/runtime/protobuf";
import { isCallable } from "../gateway/callable.ts";
import { readBody } from "../gateway/read-body.ts";
import { httpError } from "../gateway/send-error.ts";
import { isEndpoint, isServiceName } from "../gateway/service-name.ts";
import { bodyKindOf } from "./content-types.ts";
import { callOptions, type Exchange, type GatewayContext } from "./gateway-context.ts";
import { isObject } from "./merge-json.ts";
import type { JsonObject } from "./typed-json.ts";

const ID = "go.micro.rpc";
const LONGEST_TIMEOUT_SECONDS = 600;

/**
 * `POST /rpc` with `{service, endpoint, request}`: any service of the registry by its full name (micro v1.18
 * `internal/handler/rpc.go`). `method` stands for `endpoint`, `request` is an object or JSON text, `address` picks one
 * of the service's registered nodes, header `Timeout` is in seconds. Form fields have the same names.
 */
export async function handleRpcEndpoint(context: GatewayContext, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (request.method !== "POST") {
    response.setHeader("allow", "POST, OPTIONS");
    throw httpError(ID, 405, "/rpc answers POST");
  }
  const call = await readCall(context, exchange);
  const records = await context.catalog.find(call.service);
  if (records.length === 0) throw await context.catalog.notFound(ID, call.service);
  const target = {
    service: call.service,
    endpoint: call.endpoint,
    handler: "rpc" as const,
    record: undefined,
    fields: new Map<string, string>(),
    body: "*",
  };
  const options = callOptions(context, exchange, target);
  const nodes = records.flatMap((record) => record.nodes);
  // An address out of a request may only pick among registered nodes, or this would be an open proxy.
  if (call.address !== "" && !nodes.some((node) => node.address === call.address && isCallable(node))) {
    throw badRequest(ID, `address is no node of ${call.service}`);
  }
  const reply = await context.client.unary(call.service, jsonMethod(call.endpoint), call.request, {
    ...options,
    contentType: "application/json",
    timeoutMs: timeoutOf(request.headers.timeout, context.timeoutMs),
    filter: (candidate) =>
      (call.address === "" || candidate.node.address === call.address) &&
      (options.filter?.(candidate) ?? true),
  });
  const body = Buffer.from(reply === "" ? "{}" : reply);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": body.length,
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

interface RpcCall {
  readonly service: string;
  readonly endpoint: string;
  readonly address: string;
  /** JSON text. */
  readonly request: string;
}

async function readCall(context: GatewayContext, { request }: Exchange): Promise<RpcCall> {
  const kind = bodyKindOf(request.headers["content-type"]);
  if (kind !== "json" && kind !== "form") throw httpError(ID, 415, "/rpc takes application/json or a form");
  const text = (await readBody(request, { maxBytes: context.maxBodyBytes, id: ID })).toString("utf8");
  const given = kind === "form" ? Object.fromEntries(new URLSearchParams(text)) : parseObject(text);
  const field = (name: string): string => (typeof given[name] === "string" ? given[name] : "");
  const service = field("service");
  const endpoint = field("endpoint") || field("method");
  if (!isServiceName(service)) throw badRequest(ID, "invalid service");
  if (!isEndpoint(endpoint)) throw badRequest(ID, "invalid endpoint");
  return { service, endpoint, address: field("address"), request: requestText(given.request) };
}

function requestText(request: JsonValue | undefined): string {
  if (request === undefined || request === null || request === "") return "{}";
  if (typeof request !== "string") return JSON.stringify(request);
  parseObject(request);
  return request;
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    if (isObject(value)) return value;
  } catch (error) {
    throw badRequest(ID, `request is not JSON: ${(error as Error).message}`);
  }
  throw badRequest(ID, "request must be a JSON object");
}

function timeoutOf(header: string | string[] | undefined, otherwiseMs: number): number {
  if (header === undefined) return otherwiseMs;
  const seconds = Number(header);
  if (!(seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS)) {
    throw new MicroError({
      id: ID,
      code: 400,
      detail: `Timeout is a number of seconds up to ${LONGEST_TIMEOUT_SECONDS}`,
    });
  }
  return seconds * 1000;
}
