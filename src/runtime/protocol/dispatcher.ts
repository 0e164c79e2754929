import { type Codec, jsonCodec } from "../codec/index.ts";
import type { Context } from "../context/index.ts";
import type { MicroError } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import type { Seat } from "../roster/index.ts";
import type { UnfoldTurns } from "./unfold-turns.ts";

/** A method a peer may call, interceptors already around it, run inside the context it is given. */
export interface Route {
  readonly method: AnyMethod;
  /** Full name, `greeter.Greeter/Hello`, whatever the caller wrote. */
  readonly path: string;
  /** For method kind `unary`. */
  unary(request: unknown, context: Context): Promise<unknown>;
  /** For the three streaming kinds. Returning the iterator early ends the handler. */
  stream(requests: AsyncIterable<unknown>, context: Context): AsyncIterable<unknown>;
}

/** A call a protocol is working on. */
export interface RunningCall {
  /** Its place among the calls of the server; whoever begins a call gives it one. */
  seat?: Seat | undefined;
  /** Ends it from our side: the caller is told `reason`, the handler's signal aborts. */
  cancel(reason: MicroError): void;
}

/** What a protocol calls on the server. */
export interface Dispatcher {
  /** Name of the service we are, for error ids. */
  readonly serviceName: string;
  readonly maxMessageBytes: number;
  /** In which all calls unfold what came compressed. */
  readonly unfoldTurns: UnfoldTurns;
  /** What reads and writes JSON here: it knows the types that an Any may hold. Default: a codec that knows none. */
  readonly jsonCodec?: Codec | undefined;
  /**
   * Finds `greeter.Greeter/Hello`: the full proto name first, then the last dotted element of the service (go-micro
   * puts its service name where gRPC has the package). Throws MicroError 501 naming what is unknown.
   */
  route(path: string): Route;
  /** Counts a call as running, so that a graceful stop waits for it. */
  begin(call: RunningCall): void;
  /**
   * Nobody waits for the call any more, but its handler has not ended: a graceful stop does not wait for it, and it
   * counts among the calls that the server works on until `end`, or for some time. `path` is told in the log then.
   */
  leave(call: RunningCall, path: string): void;
  /** The call is over, its handler too. Doing it twice is fine. */
  end(call: RunningCall): void;
  /**
   * What the caller may know of a failure: a MicroError as it is, everything else as a bland 500 with a reference under
   * which the log has the reason, and the call when its context is given.
   */
  errorFor(reason: unknown, path: string, context?: Context): MicroError;
}

/** The codec that a server uses where `codec` is asked for. */
export function servedCodec(codec: Codec, dispatcher: Dispatcher): Codec {
  return codec === jsonCodec ? (dispatcher.jsonCodec ?? codec) : codec;
}
