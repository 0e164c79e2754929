import type { DescriptorFile } from "../schema/index.ts";

/**
 * A google.protobuf.FileDescriptorSet, imports before those who import them, whatever order the files came in.
 *
 * @param roots paths of the files that count, with all they import; default all
 */
export function encodeFiles(
  files: ReadonlyMap<string, DescriptorFile>,
  roots = [...files.keys()],
): Uint8Array {
  const ordered = new Set<DescriptorFile>();
  const seen = new Set<string>();
  // A stack of its own: a long chain of imports is legal. Files that import each other come in any order.
  const todo = [...roots].sort().reverse();
  while (todo.length > 0) {
    const path = todo.at(-1) as string;
    const file = files.get(path);
    if (file === undefined || seen.has(path)) {
      if (file !== undefined) ordered.add(file);
      todo.pop();
    } else {
      seen.add(path);
      todo.push(
        ...file.imports
          .filter((one) => !seen.has(one))
          .sort()
          .reverse(),
      );
    }
  }
  return Buffer.concat([...ordered].map(({ bytes }) => encodeBytes(1, bytes)));
}

/** A field of bytes or text; its number is at most 15. */
export function encodeBytes(field: number, bytes: Uint8Array): Uint8Array {
  const head = [(field << 3) | 2];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128);
  return Buffer.concat([Buffer.from([...head, rest]), bytes]);
}
