import type { Broker } from "../broker/index.ts";
import type { Transport } from "../transport/index.ts";
import type { Server, ServerInterceptor } from "./server.ts";

export interface ServerOptions {
  /** Name on the registry, `go.micro.srv.greeter`; it becomes the id of the errors the server makes. */
  readonly name: string;
  /** `host:port`; `:0` for any free port on all interfaces. Without a transport nothing listens. */
  readonly address?: string | undefined;
  /** Where to listen. Without one the server answers calls of its own process only. */
  readonly transport?: Transport | undefined;
  /** First listed is outermost. */
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
  /** Where `subscribe` listens. The server neither connects nor closes it. */
  readonly broker?: Broker | undefined;
  /** Largest message taken, after inflating. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** False makes `/readyz` answer 503. Default: ready from `start` until `stop`. */
  readonly isReady?: (() => boolean) | undefined;
  /** Default: standard error. */
  readonly logger?: ServerLogger | undefined;
}

/** Where unexpected exceptions of handlers go; one call is one line. */
export interface ServerLogger {
  error(line: string): void;
}

/** Puts a server together. Nothing is opened before `start`. */
export function createServer(options: ServerOptions): Server {
  throw new Error(`not yet: ${options.name}`);
}
