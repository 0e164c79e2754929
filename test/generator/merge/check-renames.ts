import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { emitSchema } from "../../../src/generator/emit/index.ts";
import { followRenames } from "../../../src/generator/merge/follow-renames.ts";
import type { Rename } from "../../../src/generator/merge/index.ts";
import { mergeHandlers } from "../../../src/generator/merge/merge-handlers.ts";
import { schemaChange, shapeBefore } from "../../../src/generator/project/schema-change.ts";
import type { Schema } from "../../../src/generator/schema/index.ts";
import { createFolder } from "../project/folder.ts";
import type { Merged } from "./check-merges.ts";
import { isWithin } from "./desk-project.ts";
import { type MergeCase, mergeCases, protoOf } from "./user-handlers.ts";

const path = "src/handler/desk.ts";

/** A handler, and which of its schema's names are others now. */
const renamedCases = fc.record({
  one: mergeCases,
  rpcs: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  messages: fc.subarray(["Ask", "Told"]),
});

/**
 * Crosses handlers as people write them with schemas in which rpcs and messages have other names, and more rpcs are. Each
 * keeps every character in its order but for the names, has what it lacked, and is left alone by a second run.
 *
 * @param keep how many of the results to return, for a type checker
 */
export async function checkRenames(numRuns: number, keep: number): Promise<Merged[]> {
  const folder = await createFolder();
  const load = async (proto: string): Promise<Schema> => {
    await writeFile(join(folder.path, "desk.proto"), proto);
    return loadSchema({ files: ["desk.proto"], includePaths: [folder.path], cwd: folder.path });
  };
  const kept: Merged[] = [];
  let count = 0;
  const property = fc.asyncProperty(renamedCases, async ({ one, rpcs, messages }) => {
    const { before, now, renames } = renamedSchemas(one, rpcs, messages);
    const old = await load(before);
    const schema = await load(now);
    const change = schemaChange(old, schema, renames);
    const generated = emitSchema(schema).map(({ path, content }) => [`src/gen/${path}`, content] as const);
    const common = {
      root: folder.path,
      out: "src/gen",
      importExtension: "ts" as const,
      service: "go.micro.srv.desk",
      forwards: false,
      mayEdit: () => true,
    };
    const run = (content: Uint8Array) => {
      const texts = generated.flatMap(([path, text]) =>
        typeof text === "string" ? [[path, text] as const] : [],
      );
      const files = new Map([[path, content]]);
      const followed = followRenames({ ...common, ...change, files, generated: new Map(texts) });
      const merged = mergeHandlers({
        ...common,
        files: new Map([...files, ...followed.edits]),
        mentioned: () => true,
        handlers: change.shapes.map((shape) => ({ ...shape, before: shapeBefore(change, shape) })),
      });
      return {
        notes: [...followed.notes, ...merged.notes],
        content: merged.edits.get(path) ?? followed.edits.get(path) ?? content,
      };
    };
    const first = run(Buffer.from(one.text));
    expect(first.notes).toEqual([]);
    const text = Buffer.from(first.content).toString("utf8");
    expect(isWithin(one.text, withOldNames(text)), "every character is there, in order").toBe(true);
    for (const { kind, to } of renames)
      if (kind === "rpc") expect(text, "it was written before").not.toContain(`${to} is not written yet`);
    expect(Buffer.from(run(first.content).content).toString("utf8"), "a second run").toBe(text);
    if (
      renames.length > 0 &&
      count++ % Math.max(1, Math.floor(numRuns / keep / 2)) === 0 &&
      kept.length < keep
    )
      kept.push({ files: { ...Object.fromEntries(generated), [path]: text } });
  });
  // Streams inside of a case cannot be shrunk.
  await fc.assert(property, { numRuns, endOnFailure: true });
  expect(count, "cases in which something was renamed").toBeGreaterThan(numRuns / 4);
  return kept;
}

function renamedSchemas(one: MergeCase, rpcs: readonly boolean[], messages: readonly string[]) {
  const choices = rpcs.values();
  const renames: Rename[] = messages.map((name) => ({
    kind: "message",
    from: `shop.${name}`,
    to: `shop.${name === "Ask" ? "Question" : "Answer"}`,
  }));
  const known = one.services.map((service) => ({ ...service, rpcs: service.rpcs.slice(0, service.known) }));
  const services = one.services.map((service) => ({
    ...service,
    rpcs: service.rpcs.map((rpc, index) => {
      if (index >= service.known || choices.next().value !== true) return rpc;
      const from = `shop.${service.name}.${rpc.name}`;
      renames.push({ kind: "rpc", from, to: `${from}Next` });
      return { ...rpc, name: `${rpc.name}Next` };
    }),
  }));
  let now = protoOf({ ...one, services });
  if (messages.includes("Ask")) now = now.replace(/\bAsk\b/g, "Question");
  if (messages.includes("Told")) now = now.replace(/\bTold\b/g, "Answer");
  return { before: protoOf({ ...one, services: known }), now, renames };
}

function withOldNames(text: string): string {
  return text
    .replace(/\bQuestion\b/g, "Ask")
    .replace(/\bAnswer\b/g, "Told")
    .replace(/\b(\w+)Next\b/g, "$1");
}
