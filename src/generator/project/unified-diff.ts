import type { PlannedFile } from "./plan.ts";

/**
 * What a planned file would change as a unified diff, `a/` the disk and `b/` ours; empty when nothing would change.
 * Binary files get one line.
 */
export async function unifiedDiff({ path, action, content, current }: PlannedFile): Promise<string> {
  const [from, to] = action === "delete" ? [current, undefined] : [current, content];
  if (action === "identical" || action === "keep" || action === "orphan") return "";
  const [oldText, newText] = [textOf(from), textOf(to)];
  if (oldText === undefined || newText === undefined) return `Binary file ${path} differs\n`;

  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const oldName = from === undefined ? "/dev/null" : `a/${path}`;
  const newName = to === undefined ? "/dev/null" : `b/${path}`;
  const patch = createTwoFilesPatch(oldName, newName, oldText, newText, undefined, undefined, {
    context: 3,
    timeout: 2000, // the algorithm is slow on long files that have nothing in common
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch ?? `${path} differs too much to show\n`;
}

/** Undefined for bytes that are no text. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return "";
  // Small descriptor sets are valid UTF-8 by chance; no text holds control characters besides tab and line ends.
  if (bytes.some((byte) => byte < 32 && (byte < 9 || byte > 13))) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
