import {
  type Endpoint,
  type MicroError,
  nearMatches,
  notFound,
  type ServiceRecord,
} from "@micro-service/runtime";
import { fullName } from "../gateway/full-name.ts";
import { httpError } from "../gateway/send-error.ts";
import { isEndpoint, isServiceSegment } from "../gateway/service-name.ts";
import type { Exchange, GatewayContext, Target } from "./gateway-context.ts";
import { resolvePath } from "./path-rules.ts";
import { createRouteTable, type RouteTable } from "./route-table.ts";

/** Which endpoint a request means. Rejects with MicroError 404 or 405 that says what was looked for. */
export type FindTarget = (exchange: Exchange) => Promise<Target>;

/** By path alone: `/greeter/hello` is `Greeter.Hello` of `<namespace>.greeter`. */
export function createPathTargets(
  context: Pick<GatewayContext, "catalog" | "id">,
  handler: "rpc" | "api",
): FindTarget {
  return async ({ segments }) => {
    const resolved = resolvePath(segments);
    if (resolved === undefined || !isServiceSegment(resolved.service) || !isEndpoint(resolved.endpoint)) {
      throw notFound(
        context.id,
        "no service has such a path; try /<service>/<method>, for instance /greeter/hello",
      );
    }
    const service = fullName(context.catalog.namespace, resolved.service);
    let records = await context.catalog.find(service);
    // A name that is refused is refused by what the registry says now, not by what is remembered.
    if (!answers(records, resolved.endpoint)) records = await context.catalog.find(service, { fresh: true });
    if (records.length === 0) throw await context.catalog.notFound(context.id, service);
    if (!answers(records, resolved.endpoint))
      throw noEndpoint(records, service, resolved.endpoint, context.id);
    const record = findEndpoint(records, resolved.endpoint);
    const endpoint = record?.name ?? resolved.endpoint;
    return { service, endpoint, handler, record, fields: new Map(), body: "*" };
  };
}

/** By what endpoints say of themselves in the registry; what no endpoint claims goes by path. */
export function createMetadataTargets(context: Pick<GatewayContext, "catalog" | "id">): FindTarget {
  const byPath = createPathTargets(context, "rpc");
  let known: readonly ServiceRecord[] = [];
  let table: RouteTable = createRouteTable([]);
  return async (exchange) => {
    const services = await context.catalog.services();
    if (services !== known) {
      known = services;
      table = createRouteTable(services);
    }
    const { request, segments } = exchange;
    const place = { host: (request.headers.host ?? "").replace(/:\d*$/, "").toLowerCase(), segments };
    // HEAD is GET without the body (RFC 9110, 9.3.2).
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
    const match = table.match({ method, ...place });
    if (match !== undefined) {
      const { route, fields } = match;
      const { service, endpoint, handler, body } = route;
      return { service, endpoint: endpoint.name, handler, record: endpoint, fields, body };
    }
    const methods = table.methodsAt(place);
    if (methods.length === 0) return byPath(exchange);
    exchange.response.setHeader("allow", methods.join(", "));
    throw httpError(context.id, 405, `this path answers ${methods.join(", ")}, not ${method}`);
  };
}

/**
 * Whether a service has the endpoint, or tells nothing about its endpoints. What every service has for those who run it
 * (log, calls, level) is nobody's business who comes from outside, unless the service itself tells of it.
 */
function answers(records: readonly ServiceRecord[], wanted: string): boolean {
  const tellsNothing = records.some(({ endpoints }) => endpoints.length === 0);
  return (tellsNothing && !/^debug\./i.test(wanted)) || findEndpoint(records, wanted) !== undefined;
}

/**
 * The endpoint of this name; else the only one that differs from it in upper and lower case alone, because a path knows
 * word breaks but not that a name starts in lower case (`hello`) or has an abbreviation (`GetURL`).
 */
function findEndpoint(records: readonly ServiceRecord[], wanted: string): Endpoint | undefined {
  const endpoints = records.flatMap((record) => record.endpoints);
  const exact = endpoints.find(({ name }) => name === wanted);
  if (exact !== undefined) return exact;
  const alike = endpoints.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  return new Set(alike.map(({ name }) => name)).size === 1 ? alike[0] : undefined;
}

function noEndpoint(
  records: readonly ServiceRecord[],
  service: string,
  wanted: string,
  id: string,
): MicroError {
  const endpoints = records.flatMap((record) => record.endpoints);
  const names = [...new Set(endpoints.map((endpoint) => endpoint.name))].sort();
  const near = nearMatches(wanted, names);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `it has ${listed(names)}`;
  return notFound(id, `service ${service} has no endpoint ${wanted}; ${hint}`);
}

function listed(names: readonly string[]): string {
  const most = 10;
  return names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
