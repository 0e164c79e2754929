import type { TypeRef } from "./handler-shape.ts";
import type { MergeNote } from "./merge-note.ts";
import { noteAt, type OpenFile } from "./open-file.ts";

/** A message or enum that generated code no longer has. */
export interface GoneType extends TypeRef {
  /** A sentence about it, and what to do. */
  readonly message: string;
}

/** Tells where the user imports it. */
export function tellGoneTypes(gone: GoneType, files: readonly OpenFile[]): MergeNote[] {
  return files.flatMap((file) =>
    file.imports
      .specifiersOf(gone.module, gone.name)
      .filter((item) => !file.imports.goes(item))
      .map((item) => noteAt(file, item.getStart(), gone.message)),
  );
}
