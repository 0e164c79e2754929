import type { Context } from "../../context/index.ts";
import type { MicroError } from "../../errors/index.ts";
import type { Dispatcher, Route, RunningCall } from "../dispatcher.ts";

/**
 * A call as the server counts it: from before it is known whether it streams, since a call that is counted after it was
 * let in lets one more in than the limit allows. Makes itself counted; throws MicroError, uncounted, for what is unknown
 * or too much.
 */
export class Admission implements RunningCall {
  readonly dispatcher: Dispatcher;
  readonly route: Route;
  #call: RunningCall | undefined;

  constructor(dispatcher: Dispatcher, path: string) {
    this.dispatcher = dispatcher;
    dispatcher.begin(this);
    try {
      this.route = dispatcher.route(path);
    } catch (reason) {
      dispatcher.end(this);
      throw reason;
    }
  }

  /** Who is cancelled when the server cancels. */
  set call(call: RunningCall) {
    this.#call = call;
  }

  cancel(reason: MicroError): void {
    this.#call?.cancel(reason);
  }

  /** Nobody waits for it any more, but its handler runs. */
  leave(): void {
    this.dispatcher.leave(this, this.route.path);
  }

  end(): void {
    this.dispatcher.end(this);
  }

  errorFor(reason: unknown, context: Context): MicroError {
    return this.dispatcher.errorFor(reason, this.route.path, context);
  }
}
