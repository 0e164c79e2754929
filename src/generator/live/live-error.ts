import { escapeUnprintable } from "../schema/index.ts";

/**
 * `usage`: the source is written wrongly, or names what the service does not have. `unreachable`: nobody answers, now.
 * `refused`: somebody answers, but not with a schema, or with one that is out of all proportion.
 */
export type LiveErrorReason = "usage" | "unreachable" | "refused";

/** Why a schema could not be had from a running service; the message says what to do. */
export class LiveError extends Error {
  readonly reason: LiveErrorReason;

  constructor(reason: LiveErrorReason, message: string, options?: ErrorOptions) {
    // Much of it is what a stranger answered.
    super(escapeUnprintable(message), options);
    this.name = "LiveError";
    this.reason = reason;
  }
}
