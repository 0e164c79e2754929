/**
 * Why a project on disk cannot be read or written. `invalid`: micro.json, the manifest or an argument is wrong.
 * `conflict`: something on disk is in the way. `unmerged`: git left conflict markers. `edited`: what was to be
 * undone was changed since. `io`: the system said no.
 */
export type ProjectErrorReason = "invalid" | "conflict" | "unmerged" | "edited" | "io";

/** A mistake in a project that a person can mend: one sentence, then the fix. */
export class ProjectError extends Error {
  readonly reason: ProjectErrorReason;

  constructor(reason: ProjectErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ProjectError";
    this.reason = reason;
  }
}
