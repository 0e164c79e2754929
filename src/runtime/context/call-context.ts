import { Metadata } from "../metadata/index.ts";
import type { Context, Peer } from "./context.ts";
import { forManyCalls } from "./many-listeners.ts";

export interface CallContextInit {
  readonly method: string;
  readonly peer: Peer;
  readonly deadline: number | undefined;
  /** Metadata, or what makes it when a handler asks for the first time. */
  readonly metadata: Metadata | (() => Metadata);
}

/**
 * The context of one call, for protocols. Everything a handler may never ask for is made when it asks: an AbortSignal
 * alone costs more than the rest of a call.
 */
export class CallContext implements Context {
  /** As the caller wrote it until the protocol has found the method, then its full name. */
  method: string;
  readonly peer: Peer;
  readonly deadline: number | undefined;
  #metadata: Metadata | (() => Metadata);
  #controller: AbortController | undefined;
  #header: Metadata | undefined;
  #trailer: Metadata | undefined;
  #cancelled = false;
  #reason: unknown;

  constructor(init: CallContextInit) {
    this.method = init.method;
    this.peer = init.peer;
    this.deadline = init.deadline;
    this.#metadata = init.metadata;
  }

  get metadata(): Metadata {
    if (typeof this.#metadata === "function") this.#metadata = this.#metadata();
    return this.#metadata;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      forManyCalls(this.#controller.signal);
      if (this.#cancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get responseHeader(): Metadata {
    this.#header ??= new Metadata();
    return this.#header;
  }

  get responseTrailer(): Metadata {
    this.#trailer ??= new Metadata();
    return this.#trailer;
  }

  /** What the handler set, if it set anything. */
  get sentHeader(): Metadata | undefined {
    return this.#header;
  }

  /** What the handler set, if it set anything. */
  get sentTrailer(): Metadata | undefined {
    return this.#trailer;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Aborts the signal with `reason`; only the first call counts. Not done for calls that end well. */
  cancel(reason: unknown): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
