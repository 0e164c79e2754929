import { type CommentsBetween, tidyComment } from "./comments.ts";
import type { WireMessage } from "./read-wire.ts";

/** Field numbers and indexes from the file down to a declaration: `[4, 0, 2, 1]` is the second field of the first message. */
export type DescriptorPath = readonly number[];

/** What `SourceCodeInfo` tells of a file. Offsets stand for a line and column; `lineStarts` turns them back. */
export interface SourceInfo {
  readonly lineStarts: readonly number[];
  /** Offset of the declaration or of a part of it; undefined when nothing is known. */
  offset(path: DescriptorPath): number | undefined;
  comment(path: DescriptorPath): string | undefined;
  /** First comment of the file that is about nothing in particular. */
  readonly fileComment: string | undefined;
}

/** There is no text, so offsets are made up: this many for each line. */
const lineWidth = 2 ** 20;
const maxLines = 2 ** 22;

/** @param info google.protobuf.SourceCodeInfo */
export function readSourceInfo(info: WireMessage | undefined): SourceInfo {
  const locations = new Map<string, CommentsBetween & { readonly at: number }>();
  let first: { readonly at: number; readonly detached: readonly string[] } | undefined;
  let lines = 0;
  for (const location of info?.messages(1) ?? []) {
    const path = location.integers(1);
    const [line = 0, column = 0] = location.integers(2);
    const at =
      Math.min(Math.max(line, 0), maxLines - 1) * lineWidth + Math.min(Math.max(column, 0), lineWidth - 1);
    const detached = location.texts(6);
    lines = Math.max(lines, Math.floor(at / lineWidth) + 1);
    const key = path.join();
    // Where there are several, as of `extend` blocks, the first one has the comments.
    if (!locations.has(key))
      locations.set(key, { at, leading: location.text(3), trailing: location.text(4), detached });
    // The empty path is the file as a whole, which begins where its first statement does.
    if (path.length > 0 && (first === undefined || at < first.at)) first = { at, detached };
  }
  return {
    lineStarts: Array.from({ length: lines }, (_, line) => line * lineWidth),
    offset: (path) => locations.get(path.join())?.at,
    comment(path) {
      const location = locations.get(path.join());
      return tidyComment(location?.leading) ?? tidyComment(location?.trailing);
    },
    fileComment: tidyComment(first?.detached[0]),
  };
}
