import { methodName } from "../emit/naming.ts";
import { guessRenames, type Rename, type RenameGuess } from "../merge/index.ts";
import type { Schema } from "../schema/index.ts";
import type { Generated, Generation } from "./generation.ts";
import { readHandlerSources } from "./handler-sources.ts";
import type { SchemaSnapshots } from "./schema-snapshot.ts";

/** The schema a project's code was generated from last; undefined when nobody knows. */
export async function schemaBefore(
  { outs }: Generation,
  snapshots: SchemaSnapshots,
): Promise<Schema | undefined> {
  for (const out of outs) {
    const old = await snapshots.of(out);
    if (old !== undefined) return old;
  }
  return undefined;
}

/** What may have been renamed and is used by the user's code, without what is decided already. */
export function renameQuestions(
  { root, handlers = [] }: Generation,
  { schema }: Generated,
  old: Schema | undefined,
  decided: readonly Rename[],
): RenameGuess[] {
  if (old === undefined || old === schema) return [];
  const known = new Set(decided.map(({ from }) => from));
  const open = guessRenames(old, schema).filter(({ from }) => !known.has(from));
  if (open.length === 0) return [];
  const texts: string[] = [];
  for (const { dir, out } of handlers) {
    for (const folder of ["src", "test"]) {
      const { files } = readHandlerSources(root, dir === "." ? folder : `${dir}/${folder}`, out);
      for (const content of files.values()) texts.push(Buffer.from(content).toString("utf8"));
    }
  }
  return open.filter((guess) => {
    const pattern = usesOf(guess);
    return texts.some((text) => pattern.test(text));
  });
}

function usesOf({ kind, from }: RenameGuess): RegExp {
  const last = from.slice(from.lastIndexOf(".") + 1).replaceAll("$", "\\$");
  switch (kind) {
    case "rpc":
      return word(methodName(last).replaceAll("$", "\\$"));
    case "service":
      return word(`(?:register|create)?${last}(?:Handler|Client|Methods)?`);
    default:
      return word(`(?:\\w+_)?${last}`);
  }
}

function word(pattern: string): RegExp {
  return new RegExp(`(?<![\\w$])(?:${pattern})(?![\\w$])`);
}
