import { AsyncLocalStorage } from "node:async_hooks";
import { Metadata } from "../metadata/index.ts";
import { forManyCalls } from "./many-listeners.ts";

/** The other end of a call. */
export interface Peer {
  /** `host:port` of the caller, or `direct` for a call inside one process. */
  readonly address: string;
  /** Which protocol carried the call: `grpc`, `json`, `direct`, `event` ... */
  readonly protocol: string;
  /**
   * Who the caller proved to be: the DNS names and URIs of its certificate. Empty without TLS, or when none was asked for;
   * a name in metadata proves nothing.
   */
  readonly names?: readonly string[] | undefined;
}

/**
 * What a handler knows about the call besides its message. It flows by itself (AsyncLocalStorage) into the calls the
 * handler makes: metadata, the remaining deadline and cancelling are passed on.
 */
export interface Context {
  /** What the caller sent, hop-by-hop and protocol headers removed. */
  readonly metadata: Metadata;
  /** When the caller stops waiting, in milliseconds since the epoch; undefined when it set no deadline. */
  readonly deadline: number | undefined;
  /** Aborts when the caller cancels, the connection is lost, or the deadline passes. */
  readonly signal: AbortSignal;
  readonly peer: Peer;
  /** Full method name, for instance `greeter.Greeter/Hello`; for an event, the topic. */
  readonly method: string;
  /** Sent to the caller before the first message. */
  readonly responseHeader: Metadata;
  /** Sent to the caller after the last message. */
  readonly responseTrailer: Metadata;
}

/** The parts of a context that matter to a test; the rest has defaults. */
export type ContextInit = Partial<Context>;

const storage = new AsyncLocalStorage<Context>();

/** A context by hand, to call a handler in a test: no deadline, never cancelled, empty metadata. */
export function createContext(init: ContextInit = {}): Context {
  return {
    metadata: init.metadata ?? new Metadata(),
    deadline: init.deadline,
    signal: init.signal ?? forManyCalls(new AbortController().signal),
    peer: init.peer ?? { address: "direct", protocol: "direct" },
    method: init.method ?? "",
    responseHeader: init.responseHeader ?? new Metadata(),
    responseTrailer: init.responseTrailer ?? new Metadata(),
  };
}

/** The context of the handler we are running in, if any. */
export function currentContext(): Context | undefined {
  return storage.getStore();
}

/** Runs `work` so that the calls it makes inherit `context`. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}

/** `runInContext` for calls in a hot path: no closure is needed. */
export function callInContext<A extends unknown[], R>(
  context: Context,
  work: (...args: A) => R,
  ...args: A
): R {
  return storage.run(context, work, ...args);
}
