import type { Context } from "../context/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";

/** A method a peer may call, interceptors already around it. */
export interface Route {
  readonly method: AnyMethod;
  /** For method kind `unary`. */
  unary(request: unknown, context: Context): Promise<unknown>;
  /** For the three streaming kinds. Returning the iterator early ends the handler. */
  stream(requests: AsyncIterable<unknown>, context: Context): AsyncIterable<unknown>;
}

/** What a protocol calls on the server. */
export interface Dispatcher {
  /** Name of the service we are, for error ids. */
  readonly serviceName: string;
  readonly maxMessageBytes: number;
  /**
   * Finds `greeter.Greeter/Hello`: the full proto name first, then the last dotted element of the service (go-micro
   * puts its service name where gRPC has the package). Throws MicroError 501 naming what is unknown.
   */
  route(path: string): Route;
  /** Registers a running call so that a graceful stop can wait for it; call the result when it is over. */
  begin(): () => void;
}
