import type { ClientInterceptor, PublishInterceptor } from "../client/index.ts";
import type { FindTrace } from "../log/index.ts";
import type { ServerInterceptor } from "../server/index.ts";

/** Spans for calls and events; the trace goes on in whoever is called. */
export interface Tracing {
  readonly serverInterceptor: ServerInterceptor;
  readonly clientInterceptor: ClientInterceptor;
  readonly publishInterceptor: PublishInterceptor;
  /** The span that is active, else that of a call which is or was handled. */
  readonly findTrace: FindTrace;
}
