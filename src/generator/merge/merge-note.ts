/** Something for the user to do, at a place. */
export interface MergeNote {
  /** Relative to the root. */
  readonly path: string;
  /** 1-based, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** `error`: the file could not be looked at, so nobody knows what it lacks. */
  readonly severity: "todo" | "error";
}
