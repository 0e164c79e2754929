import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { CommonOptions, RunningService } from "./service.ts";

/** Settings of a service that answers HTTP requests. */
export interface WebServiceOptions extends CommonOptions {
  /**
   * Answers every request: a function or an Express application. An application that needs `client` is given with
   * `handle` instead. One of `handler`, `handle` and `staticDir` is needed.
   */
  readonly handler?: RequestListener | undefined;
  /** Folder of files served for GET and HEAD before the handler is asked. `index.html` stands for a folder. */
  readonly staticDir?: URL | string | undefined;
  /** Takes over a connection that asks for another protocol (WebSocket). Default: such requests get 400. */
  readonly onUpgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** Time for a request to arrive completely. Default 30000. */
  readonly requestArrivalTimeoutMs?: number | undefined;
}

/**
 * An HTTP server with a name on the registry and no endpoints, so that `micro web` finds it; its `client` calls
 * services.
 */
export interface WebService extends RunningService {
  /** Sets what answers requests: `service.handle(createApp(createGreeterClient(service.client, "...")))`. */
  handle(handler: RequestListener): void;
  /** `http://host:port` as bound, loopback when bound to all interfaces; undefined before `start`. */
  readonly url: string | undefined;
}
