import fc from "fast-check";
import { expect } from "vitest";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { isWithin, microJson } from "./desk-project.ts";
import {
  applyStep,
  calmSteps,
  type Model,
  models,
  propertyOf,
  protosOf,
  wildSteps,
  withFirstNames,
} from "./schema-steps.ts";
import { plainWays, sourcesOf, type UserSources, ways } from "./user-handlers.ts";

/** What one of the checked cases came to. */
export interface Outcome {
  /** Every file of the project, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Members of which the user was told that they no longer fit: only about these a compiler may complain. */
  readonly unfit: readonly string[];
}

interface Report {
  readonly files: readonly { readonly path: string; readonly action: string }[];
  readonly notes: readonly { readonly message: string; readonly severity: string }[];
}

const wild = fc.record({
  model: models,
  way: ways,
  steps: fc.array(wildSteps, { minLength: 1, maxLength: 2 }),
});
const calm = fc.record({ model: models, way: plainWays, steps: fc.tuple(calmSteps) });

/**
 * Crosses handlers as people write them with schemas that change in every way at once, one change after the other, by
 * micro-gen itself. After each, every character of the user is there, in its order, but for names that have others now;
 * what is new has its member, what no longer fits is told, and a second run changes nothing.
 *
 * @param share how many of the cases are of every kind; the others are those that no type checker is needed for
 * @param keep how many of the outcomes to return, for a type checker
 */
export async function checkChanges(numRuns: number, share: number, keep: number): Promise<Outcome[]> {
  const cases = fc.oneof(
    { arbitrary: wild, weight: Math.round(share * 100) },
    { arbitrary: calm, weight: 100 - Math.round(share * 100) },
  );
  const kept: Outcome[] = [];
  let count = 0;
  const property = fc.asyncProperty(cases, async ({ model, way, steps }) => {
    const folder = await createFolder({ "micro.json": microJson(), ...protosOf(model) });
    const sources = sourcesOf(model, way);
    await folder.write(sources);
    const unwritten = model.services.flatMap(({ name, rpcs }) =>
      rpcs.some(({ isWritten }) => isWritten)
        ? rpcs.flatMap((rpc) => (rpc.isWritten ? [] : [`shop.${name}.${rpc.name}`]))
        : [],
    );
    await told(folder, () => follow(folder, sources, { renames: [], told: [], added: unwritten }));
    const unfit: string[] = [];
    let before: Model = model;
    for (const [index, choice] of steps.entries()) {
      const step = applyStep(before, choice, index);
      await folder.remove("proto");
      await folder.write(protosOf(step.model));
      unfit.push(...(await told(folder, () => follow(folder, sources, step))), ...step.gone);
      before = step.model;
    }
    if (count++ % Math.max(1, Math.floor(numRuns / keep)) === 0 && kept.length < keep)
      kept.push({ files: await folder.tree(), unfit });
    await folder.remove(".");
  });
  // Streams inside of a case cannot be shrunk.
  await fc.assert(property, { numRuns, endOnFailure: true });
  return kept;
}

/** Tells of a failure what the user's files look like. */
async function told<Result>(folder: Folder, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const files = Object.entries(await folder.tree()).filter(([path]) =>
      /^(src\/(?!gen\/)|proto)/.test(path),
    );
    const texts = files.map(([path, text]) => `--- ${path}\n${text}`);
    throw new Error(`${(error as Error).message}\n${texts.join("\n")}`, { cause: error });
  }
}

/**
 * Runs micro-gen, and again, and looks at what became of the user's sources.
 *
 * @returns members that no longer fit, as the user was told
 */
async function follow(
  folder: Folder,
  sources: UserSources,
  step: {
    readonly renames: readonly string[];
    readonly told: readonly string[];
    readonly added: readonly string[];
  },
): Promise<string[]> {
  const { notes } = await run(folder, step.renames);
  expect(notes.filter(({ severity }) => severity === "error")).toEqual([]);
  const messages = notes.map(({ message }) => message).join("\n");
  for (const part of step.told) expect(messages, "what is left to the user").toContain(part);

  const after = await folder.tree();
  const own = Object.entries(after).filter(([path]) => /^src\/(?!gen\/)/.test(path));
  for (const [path, text] of Object.entries(sources)) {
    const now = after[path];
    expect(now, `${path} is there`).toBeDefined();
    expect(
      isWithin(withFirstNames(text), withFirstNames(now ?? "")),
      `every character of ${path} is there, in order`,
    ).toBe(true);
    if (text.includes("\r\n")) expect(now, path).not.toMatch(/(?<!\r)\n/);
    else if (text.includes("\n")) expect(now, path).not.toContain("\r");
  }
  const all = own.map(([, text]) => text).join("\n");
  for (const name of step.added)
    expect(all.split(`${name} is not written yet`).length - 1, `a member for ${name}`).toBe(1);

  const again = await run(folder, []);
  expect(again.files.filter(({ action }) => action !== "identical" && action !== "keep")).toEqual([]);
  expect(await folder.tree(), "a second run").toEqual(after);
  return notes.flatMap(({ message }) => {
    const [, name] = /^rpc (\w+) (?:now has|is no longer in)/.exec(message) ?? [];
    return name === undefined ? [] : [withFirstNames(propertyOf({ name }))];
  });
}

async function run(folder: Folder, renames: readonly string[]): Promise<Report> {
  await folder.remove(".micro/cache").catch(() => {}); // what it remembers would spare the work
  const { exitCode, stdout, stderr } = await runMicroGen(folder.path, [
    "--json",
    ...renames.flatMap((one) => ["--rename", one]),
  ]);
  expect(stderr + (exitCode === 0 ? "" : stdout)).toBe("");
  return JSON.parse(stdout) as Report;
}
