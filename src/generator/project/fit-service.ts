import { join } from "node:path";
import type {
  CodeRename,
  GoneService,
  HandlerShape,
  HandlerToFit,
  NewRegistration,
  NewSubscription,
} from "../merge/index.ts";
import { mayLackMembers } from "../merge/scan.ts";
import type { Schema } from "../schema/index.ts";
import { type EventChange, newSubscriber, untouchedSubscriber } from "./fit-event.ts";
import type { FittedHandlers } from "./fit-handlers.ts";
import type { HandlerPlace } from "./generation.ts";
import { readHandlerSources } from "./handler-sources.ts";
import type { IsIgnored } from "./ignore-file.ts";
import { isUnedited, type Manifest } from "./manifest.ts";
import type { WantedFile } from "./plan.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { type SchemaChange, shapeBefore } from "./schema-change.ts";

/** The first handler of a proto service that is new. */
export interface NewHandler {
  /** Relative to the service's folder: `src/handler/stock.ts`. */
  readonly path: string;
  readonly content: string;
  /** What the file exports. */
  readonly className: string;
}

/** Makes the first handler of a proto service; undefined when there is none for this place. */
export type StartHandler = (fullName: string, place: HandlerPlace) => Promise<NewHandler | undefined>;

/** What all services of a project share in one run. */
export interface FitScene {
  readonly root: string;
  readonly importExtension: "ts" | "js";
  readonly manifest: Manifest;
  /** Texts of generated files as they will be, by path. */
  readonly planned: ReadonlyMap<string, string>;
  readonly isIgnored: IsIgnored;
  readonly schema: Schema;
  /** What is other than in the schema that this service's code was generated from last. */
  readonly change: SchemaChange;
  readonly start: StartHandler | undefined;
  /** An event whose subscriber is this service's. */
  readonly event: EventChange | undefined;
}

/** Brings one service's code in step: names first, then members and registrations. */
export async function fitService(place: HandlerPlace, scene: FitScene): Promise<FittedHandlers> {
  const { root, isIgnored, change, importExtension } = scene;
  const src = below(place.dir, "src");
  const sources = await readHandlerSources(root, src, place.out);
  if (change.renames.length > 0 || change.goneTypes.length > 0) {
    const tests = await readHandlerSources(root, below(place.dir, "test"), place.out);
    for (const [path, content] of tests) sources.set(path, content);
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

  const notes: FittedHandlers["notes"][number][] = [];
  if (change.renames.length > 0 && mentionsAny(files, oldNamesOf(change.renames))) {
    const { followRenames } = await import("../merge/follow-renames.ts"); // loads the compiler
    const followed = followRenames({ ...common, ...change, files, generated: scene.planned });
    for (const [path, content] of followed.edits) {
      files.set(path, content);
      sources.set(path, content);
    }
    notes.push(...followed.notes);
  }

  const texts = new Map([...sources].map(([path, content]) => [path, Buffer.from(content).toString("utf8")]));
  const work = await workOf(place, scene, change, texts, files, original);
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

/** What is to be done in the handlers of one service. */
interface Work {
  readonly isNeeded: boolean;
  /** Whether a source may have to be looked at. */
  readonly concerns: (text: string) => boolean;
  readonly handlers: readonly HandlerToFit[];
  readonly goneServices: readonly GoneService[];
  readonly registrations: readonly NewRegistration[];
  readonly subscriptions: readonly NewSubscription[];
  /** Files. */
  readonly goneSubscribers: readonly string[];
  /** First handlers of new services, and subscribers. */
  readonly created: readonly WantedFile[];
  readonly notes: FittedHandlers["notes"];
}

async function workOf(
  place: HandlerPlace,
  scene: FitScene,
  change: SchemaChange,
  texts: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Uint8Array>,
  original: ReadonlyMap<string, Uint8Array>,
): Promise<Work> {
  const handlers: HandlerToFit[] = [];
  const registrations: NewRegistration[] = [];
  const created: WantedFile[] = [];
  const notes: FittedHandlers["notes"][number][] = [];
  const all = [...texts.values()];
  const own = [...files.keys()].map((path) => texts.get(path) as string);
  const isServed = place.type !== "web";
  for (const shape of isServed ? change.shapes : []) {
    const generatedPath = below(place.out, `${shape.module.slice(1)}.ts`);
    if (!scene.planned.has(generatedPath)) continue;
    const before = shapeBefore(change, shape);
    if (before === undefined && change.oldShapes !== undefined) {
      const made = await newHandler(shape, place, scene, { texts: all, files });
      if (made !== undefined) {
        created.push(...made.created);
        registrations.push(...made.registrations);
        notes.push(...made.notes);
      }
    }
    if (!own.some((text) => mentions(text, shape))) continue;
    // Where nobody knows what was there, the text of a handler alone does not tell what it lacks.
    if (change.oldShapes === undefined || hasChanged(shape, before) || mayLackMembers(shape, all)) {
      const textBefore = hasChanged(shape, before)
        ? readRegularFile(join(scene.root, generatedPath), generatedPath)?.toString("utf8")
        : undefined;
      handlers.push({ ...shape, before, textBefore, advice: change.advice });
    }
  }
  const goneServices: GoneService[] = change.goneServices
    .filter((shape) => isServed && own.some((text) => mentions(text, shape)))
    .map((shape) => ({
      shape,
      advice: change.advice.get(shape.fullName),
      deletedFile: change.advice.has(shape.fullName)
        ? undefined
        : untouchedHandler(shape, place, scene, texts, original),
    }));
  const { event } = scene;
  let subscriber =
    event?.action === "add" ? newSubscriber(event, place, scene.schema, scene.importExtension) : undefined;
  if (subscriber !== undefined && isTaken(subscriber.file, files, scene.manifest)) {
    const { topic, type, functionName, file } = subscriber.subscription;
    const message = `the subscriber of ${event?.fullName} would be this file, which is yours and stays; write a function, and subscribe it: service.server.subscribe(${JSON.stringify(topic)}, ${type.name}, ${functionName})`;
    notes.push({ path: file, line: 1, column: 1, message, severity: "todo" });
    subscriber = undefined;
  }
  if (subscriber !== undefined) created.push(subscriber.file);
  const goneSubscriber =
    event?.action === "remove" ? untouchedSubscriber(event, place, files, scene.manifest) : undefined;
  const goneNames = change.goneTypes.map(({ name }) => name);
  const tellsTypes = goneNames.length > 0 && mentionsAny(files, goneNames);
  const shapes = [...handlers, ...goneServices.map(({ shape }) => shape)];
  return {
    isNeeded: shapes.length > 0 || registrations.length > 0 || tellsTypes || event !== undefined,
    subscriptions: subscriber === undefined ? [] : [subscriber.subscription],
    goneSubscribers: goneSubscriber === undefined ? [] : [goneSubscriber],
    concerns: (text) =>
      (event !== undefined && /\bsubscribe\(|register\w+Handler/.test(text)) ||
      shapes.some((shape) => mentions(text, shape)) ||
      (registrations.length > 0 && /register\w+Handler/.test(text)) ||
      (tellsTypes && wordPattern(goneNames).test(text)),
    handlers,
    goneServices,
    registrations,
    created,
    notes,
  };
}

/** What a new service lacks: its handler and registration, of which a run that was killed may have written one. */
async function newHandler(
  shape: HandlerShape,
  place: HandlerPlace,
  { start, manifest, isIgnored }: FitScene,
  { texts, files }: { readonly texts: readonly string[]; readonly files: ReadonlyMap<string, Uint8Array> },
): Promise<Pick<Work, "created" | "registrations" | "notes"> | undefined> {
  // Two packages may have a service of the same name; their modules differ.
  const about = texts.filter((text) => text.includes(shape.module.slice(1)));
  const isSaid = (name: string) => about.some((text) => wordPattern([name]).test(text));
  const made = await start?.(shape.fullName, place);
  if (made === undefined) return undefined;
  const path = below(place.dir, made.path);
  if (manifest.files.has(path) || isIgnored(path)) return undefined; // deleted by the user, or not wanted
  const there = files.get(path);
  const isOurs = there !== undefined && isUnedited(path, there, manifest);
  if (!isOurs && (isSaid(shape.handler) || isSaid(shape.register))) return undefined;
  const file: WantedFile = { path, content: made.content, class: "managed" };
  if (isTaken(file, files, manifest)) {
    const message = `${shape.fullName} is new, and its handler would be this file, which is yours and stays; write a class that implements ${shape.handler}, and serve it: ${shape.register}(service.server, ...)`;
    const note = { path, line: 1, column: 1, message, severity: "todo" } as const;
    return { created: [], registrations: [], notes: [note] };
  }
  const registration = { shape, takesClient: place.type === "api", className: made.className, file: path };
  return {
    created: [file],
    registrations: isSaid(shape.register) ? [] : [registration],
    notes: [],
  };
}

/** Something of the user's is where a file would be. */
function isTaken({ path, content }: WantedFile, files: ReadonlyMap<string, Uint8Array>, manifest: Manifest) {
  const there = files.get(path);
  if (there === undefined || isUnedited(path, there, manifest)) return false;
  return !Buffer.from(there).equals(Buffer.from(content));
}

/** The file of a handler that is as micro-gen left it. */
function untouchedHandler(
  shape: HandlerShape,
  place: HandlerPlace,
  { manifest }: FitScene,
  texts: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  const folder = `${below(place.dir, "src")}/handler/`;
  const found = [...files].filter(
    ([path, content]) =>
      path.startsWith(folder) &&
      manifest.files.get(path)?.class === "managed" &&
      isUnedited(path, content, manifest) &&
      mentions(texts.get(path) as string, shape),
  );
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** Names are compared as words: FrontDeskHandler is not DeskHandler. */
function mentions(text: string, { handler, register }: HandlerShape): boolean {
  return wordPattern([handler, register]).test(text);
}

function mentionsAny(files: ReadonlyMap<string, Uint8Array>, names: readonly string[]): boolean {
  const pattern = wordPattern(names);
  return [...files.values()].some((content) => pattern.test(Buffer.from(content).toString("utf8")));
}

function wordPattern(words: readonly string[]): RegExp {
  return new RegExp(`(?<![\\w$])(?:${words.map((word) => word.replaceAll("$", "\\$")).join("|")})(?![\\w$])`);
}

/** Words without which a source has nothing to rename. */
function oldNamesOf(renames: readonly CodeRename[]): string[] {
  return renames.map(({ from }) => from);
}

/** Its rpcs are others than before, or have other names. */
function hasChanged({ members }: HandlerShape, before: HandlerShape | undefined): boolean {
  if (before === undefined) return false;
  const known = new Map(before.members.map(({ property, method }) => [property, method]));
  return (
    members.length !== known.size ||
    members.some(({ property, method }) => {
      const old = known.get(property);
      return old?.kind !== method.kind || old.fullName !== method.fullName;
    })
  );
}

function below(folder: string, path: string): string {
  return folder === "." ? path : `${folder}/${path}`;
}
