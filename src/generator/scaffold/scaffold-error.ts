/**
 * Why a project cannot be made. `usage`: an answer is wrong. `conflict`: the target folder is in the way. `schema`: the
 * proto is sound but gives nothing to build. `tool`: this installation of the tool is incomplete.
 */
export type ScaffoldErrorReason = "usage" | "conflict" | "schema" | "tool";

/** A refusal a person can act on: one sentence and the fix. Nothing was written. */
export class ScaffoldError extends Error {
  readonly reason: ScaffoldErrorReason;

  constructor(reason: ScaffoldErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ScaffoldError";
    this.reason = reason;
  }
}
