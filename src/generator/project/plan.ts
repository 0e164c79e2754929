import type { FileClass, Manifest, PendingHashes } from "./manifest.ts";

/** A file some room would like to see on disk. */
export interface WantedFile {
  /** Relative to the project's root, POSIX separators. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly class: FileClass;
  /** Default 0o644. */
  readonly mode?: number;
  /** Of a managed file that the user has: what is on disk, which `content` is with additions. */
  readonly basis?: Uint8Array;
}

/**
 * What would happen to one path. `conflict`: a generated file was edited by hand. `orphan`: no longer generated but
 * edited, so left alone. `delete`: no longer generated and unedited. `keep`: the user's, not looked at.
 */
export type Action = "create" | "identical" | "update" | "conflict" | "delete" | "orphan" | "keep";

export interface PlannedFile {
  readonly path: string;
  readonly action: Action;
  readonly class: FileClass;
  /** Bytes to write for create and update; what we would have written for conflict. */
  readonly content?: Uint8Array;
  /** What is on disk, for diffs. */
  readonly current?: Uint8Array;
  readonly mode?: number;
}

/** What a run would do, for people to read. */
export interface PlanOverview {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** Sorted by path. */
  readonly files: readonly PlannedFile[];
  /** The manifest's own file has to be written, for changed files or because it had fallen behind. */
  readonly manifestChanged: boolean;
}

/** Everything one run would do. Nothing is written before it is complete. */
export interface Plan extends PlanOverview {
  /** What the manifest will say once the plan is applied. */
  readonly manifest: Manifest;
  /** What interrupted runs before this one may have written. */
  readonly interrupted?: PendingHashes;
}

/** Files that applying the plan would create, write or delete. */
export function changesOf(plan: PlanOverview): PlannedFile[] {
  return plan.files.filter(({ action }) => action === "create" || action === "update" || action === "delete");
}

/** Files in the way of the plan. */
export function conflictsOf(plan: PlanOverview): PlannedFile[] {
  return plan.files.filter(({ action }) => action === "conflict");
}
