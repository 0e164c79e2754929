import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { emitSchema } from "../../../src/generator/emit/index.ts";
import { handlerShapes } from "../../../src/generator/merge/index.ts";
import { type MergeResult, mergeHandlers } from "../../../src/generator/merge/merge-handlers.ts";
import { createFolder } from "../project/folder.ts";
import { type MergeCase, mergeCases, protoOf } from "./user-handlers.ts";

/** What one of the checked cases came to, with the generated code beside it. */
export interface Merged {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

const path = "src/handler/desk.ts";

/**
 * Crosses handlers as people write them with schemas that have more rpcs. Each keeps every character in its order, gets
 * what it lacks, parses, and is left alone by a second run.
 *
 * @param keep how many of the results to return, for a type checker
 */
export async function checkMerges(numRuns: number, keep: number): Promise<Merged[]> {
  const folder = await createFolder();
  const kept: Merged[] = [];
  let count = 0;
  const check = async (one: MergeCase) => {
    await writeFile(join(folder.path, "desk.proto"), protoOf(one));
    const schema = await loadSchema({ files: ["desk.proto"], includePaths: [folder.path], cwd: folder.path });
    const handlers = handlerShapes(schema).map((shape) => ({ ...shape, changed: new Map<string, string>() }));
    const merge = (content: Uint8Array): MergeResult =>
      mergeHandlers({
        root: folder.path,
        out: "src/gen",
        importExtension: "ts",
        service: "go.micro.srv.desk",
        forwards: false,
        files: new Map([[path, content]]),
        mentioned: () => true,
        mayEdit: () => true,
        handlers,
      });
    const before = Buffer.from(one.text);
    const { edits, notes } = merge(before);
    expect(notes).toEqual([]);
    const after = edits.get(path);
    const lacks = one.services.some(({ rpcs, known }) => known < rpcs.length);
    expect(after !== undefined, "it lacks a member, and nothing else is a reason to change it").toBe(lacks);
    const now = Buffer.from(after ?? before).toString("utf8");
    expect(isWithin(one.text, now), "every character is there, in order").toBe(true);
    if (one.text.includes("\r\n")) expect(now).not.toMatch(/(?<!\r)\n/);
    else expect(now).not.toContain("\r");
    for (const { name, rpcs, known } of one.services)
      for (const rpc of rpcs.slice(known))
        expect(now).toContain(`shop.${name}.${rpc.name} is not written yet`);
    if (after !== undefined) expect([...merge(after).edits.keys()], "a second run").toEqual([]);
    if (lacks && count++ % Math.max(1, Math.floor(numRuns / keep)) === 0 && kept.length < keep) {
      const generated = emitSchema(schema).map(({ path, content }) => [`src/gen/${path}`, content] as const);
      kept.push({ files: { ...Object.fromEntries(generated), [path]: now } });
    }
  };
  await fc.assert(fc.asyncProperty(mergeCases, check), { numRuns });
  return kept;
}

/** Every character of the one is in the other, in order: taking away the rest gives the one. */
function isWithin(old: string, now: string): boolean {
  let at = 0;
  for (let i = 0; i < now.length; i++) if (now[i] === old[at]) at++;
  return at === old.length;
}
