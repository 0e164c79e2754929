import type { MergeNote } from "../merge/index.ts";
import type { FittedHandlers } from "./fit-handlers.ts";
import type { FitScene } from "./fit-scene.ts";
import { fitWork } from "./fit-work.ts";
import { below, type HandlerPlace } from "./generation.ts";
import { readHandlerSources } from "./handler-sources.ts";
import { mentionsAny } from "./mentions.ts";
import type { WantedFile } from "./plan.ts";

/** Brings one service's code in step: names first, then members and registrations. */
export async function fitService(place: HandlerPlace, scene: FitScene): Promise<FittedHandlers> {
  const { root, isIgnored, change, importExtension } = scene;
  const src = below(place.dir, "src");
  const { files: sources, unread } = readHandlerSources(root, src, place.out);
  if (change.renames.length > 0 || change.goneTypes.length > 0) {
    const tests = readHandlerSources(root, below(place.dir, "test"), place.out);
    for (const [path, content] of tests.files) sources.set(path, content);
  }
  const files = new Map([...sources].filter(([path]) => !isIgnored(path)));
  const original = new Map(files);
  const common = {
    root,
    out: place.out,
    importExtension,
    service: place.name,
    forwards: place.type === "api",
    mayEdit: (path: string) => path.startsWith(`${src}/handler/`),
  };

  const notes: MergeNote[] = [];
  if (
    change.renames.length > 0 &&
    mentionsAny(
      files,
      change.renames.map(({ from }) => from),
    )
  ) {
    const { followRenames } = await import("../merge/follow-renames.ts"); // loads the compiler
    const followed = followRenames({ ...common, ...change, files, generated: scene.planned });
    for (const [path, content] of followed.edits) {
      files.set(path, content);
      sources.set(path, content);
    }
    notes.push(...followed.notes);
  }

  const texts = new Map([...sources].map(([path, content]) => [path, Buffer.from(content).toString("utf8")]));
  const work = await fitWork(place, scene, { texts, files, original, unread });
  notes.push(...work.notes);
  if (work.isNeeded) {
    const { mergeHandlers } = await import("../merge/merge-handlers.ts"); // loads the compiler
    const merged = mergeHandlers({
      ...common,
      files,
      // What was renamed is no longer as the type checker would find it on disk.
      mentioned: (path) => files.get(path) !== original.get(path) || work.concerns(texts.get(path) as string),
      main: below(place.dir, "src/main.ts"),
      handlers: work.handlers,
      registrations: work.registrations,
      goneServices: work.goneServices,
      goneTypes: change.goneTypes,
      subscriptions: work.subscriptions,
      goneSubscribers: work.goneSubscribers,
    });
    notes.push(...merged.notes);
    for (const [path, content] of merged.edits) files.set(path, content);
  }
  const gone = [
    ...work.goneServices.flatMap(({ deletedFile }) => deletedFile ?? []),
    ...work.goneSubscribers,
  ];
  const wanted: WantedFile[] = [...work.created];
  for (const [path, content] of files) {
    const basis = original.get(path) as Uint8Array;
    if (content !== basis && !gone.includes(path))
      wanted.push({ path, content, class: scene.manifest.files.get(path)?.class ?? "managed", basis });
  }
  // Who follows names and who adds members both look at a file, and both say that it does not parse.
  const told = new Map(
    notes.map((note) => [`${note.path}:${note.line}:${note.column} ${note.message}`, note]),
  );
  return { wanted, gone, notes: [...told.values()].filter(({ path }) => !gone.includes(path)) };
}
