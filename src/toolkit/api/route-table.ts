import type { Endpoint, ServiceRecord } from "@micro-service/runtime";
import { type PathTemplate, parsePathTemplate } from "./path-template.ts";

/** An endpoint that says in its metadata which requests it wants (`method`, `path`, `host`, `body`, `handler`). */
export interface Route {
  /** Full name on the registry. */
  readonly service: string;
  readonly endpoint: Endpoint;
  readonly handler: "rpc" | "api";
  /** Upper case; empty: every method. */
  readonly methods: readonly string[];
  readonly hosts: readonly string[];
  readonly template: PathTemplate;
  /** Field that takes the body; `*` for the whole message, undefined for none. */
  readonly body: string | undefined;
}

export interface RouteMatch {
  readonly route: Route;
  readonly fields: ReadonlyMap<string, string>;
}

export interface RouteQuery {
  readonly method: string;
  /** Host name without port, lower case. */
  readonly host: string;
  readonly segments: readonly string[];
}

/**
 * Routes by endpoint metadata. Of several that match, the most specific path wins, then one bound to a host, then the
 * smaller service and endpoint name: the same request goes the same way whatever order services registered in.
 */
export interface RouteTable {
  readonly routes: readonly Route[];
  match(query: RouteQuery): RouteMatch | undefined;
  /** Methods that would match at this place, for a 405. */
  methodsAt(query: Omit<RouteQuery, "method">): string[];
}

export function createRouteTable(services: readonly ServiceRecord[]): RouteTable {
  const routes = services.flatMap(routesOf);
  routes.sort((a, b) => compare(sortKey(a), sortKey(b)));
  const fits = (route: Route, query: Omit<RouteQuery, "method">) =>
    (route.hosts.length === 0 || route.hosts.includes(query.host)) && route.template.match(query.segments);
  return {
    routes,
    match(query) {
      for (const route of routes) {
        if (route.methods.length > 0 && !route.methods.includes(query.method)) continue;
        const fields = fits(route, query);
        if (fields) return { route, fields };
      }
      return undefined;
    },
    methodsAt(query) {
      const methods = routes.filter((route) => fits(route, query)).flatMap((route) => route.methods);
      return [...new Set(methods)].sort();
    },
  };
}

function routesOf(service: ServiceRecord): Route[] {
  // Our services pair the n-th method with the n-th path and body; go-micro's mean every method on every path.
  const paired = service.nodes.some((node) => node.metadata.protocols !== undefined);
  return service.endpoints.flatMap((endpoint) => {
    const { path = "", method = "", host = "", body = "", handler } = endpoint.metadata;
    const methods = listOf(method).map((name) => name.toUpperCase());
    const hosts = listOf(host).map((name) => name.toLowerCase());
    const bodies = body.split(",").map((name) => name.trim());
    return listOf(path).flatMap((text, index, paths) => {
      const template = parsePathTemplate(text);
      if (template === undefined) return [];
      const own = paired && methods.length === paths.length;
      const route: Route = {
        service: service.name,
        endpoint,
        handler: handler === "api" ? "api" : "rpc",
        methods: own ? methods.slice(index, index + 1) : methods,
        hosts,
        template,
        body: (own ? bodies[index] : bodies[0]) || undefined,
      };
      return [route];
    });
  });
}

function sortKey(route: Route): string {
  const host = route.hosts.length > 0 ? "a" : "b";
  const method = route.methods.length > 0 ? "a" : "b";
  return [route.template.rank, host, method, route.service, route.endpoint.name, route.template.text].join(
    "\n",
  );
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
