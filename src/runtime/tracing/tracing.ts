import type { ClientInterceptor, PublishInterceptor } from "../client/index.ts";
import type { ServerInterceptor } from "../server/index.ts";

/** Spans for calls and events; the trace goes on in whoever is called. */
export interface Tracing {
  readonly serverInterceptor: ServerInterceptor;
  readonly clientInterceptor: ClientInterceptor;
  readonly publishInterceptor: PublishInterceptor;
}
