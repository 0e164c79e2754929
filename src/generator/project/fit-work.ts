import { join } from "node:path";
import type {
  GoneService,
  HandlerShape,
  HandlerToFit,
  MergeNote,
  NewRegistration,
  NewSubscription,
} from "../merge/index.ts";
import { mayLackMembers } from "../merge/scan.ts";
import { newSubscriber, untouchedSubscriber } from "./fit-event.ts";
import type { FitScene } from "./fit-scene.ts";
import { below, type HandlerPlace } from "./generation.ts";
import { mentions, mentionsAny, wordPattern } from "./mentions.ts";
import { isTaken, newHandler, untouchedHandler } from "./new-handler.ts";
import type { WantedFile } from "./plan.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { shapeBefore } from "./schema-change.ts";

/** What is to be done in the handlers of one service. */
export interface FitWork {
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
  readonly notes: readonly MergeNote[];
}

/** What a service's folder holds, by path relative to the root. */
export interface ServiceSources {
  /** All of it, once names are followed. */
  readonly texts: ReadonlyMap<string, string>;
  /** Without what is to be left alone. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The same as it is on disk. */
  readonly original: ReadonlyMap<string, Uint8Array>;
  /** What was not looked at, and why. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Reads off the sources what they lack. */
export async function fitWork(
  place: HandlerPlace,
  scene: FitScene,
  { texts, files, original, unread }: ServiceSources,
): Promise<FitWork> {
  const { change } = scene;
  const handlers: HandlerToFit[] = [];
  const registrations: NewRegistration[] = [];
  const created: WantedFile[] = [];
  const notes: MergeNote[] = [];
  const all = [...texts.values()];
  const own = [...files.keys()].map((path) => texts.get(path) as string);
  const isServed = place.type !== "web";
  const goneShapes = change.goneServices.filter(
    (shape) => isServed && own.some((text) => mentions(text, shape)),
  );
  // A service that may be one that has a handler: a second one would be in the way of `--rename`.
  const mayHaveHandler = new Set(
    change.guesses
      .filter(({ from }) => goneShapes.some(({ fullName }) => fullName === from))
      .flatMap(({ to }) => to),
  );
  for (const shape of isServed ? change.shapes : []) {
    const generatedPath = below(place.out, `${shape.module.slice(1)}.ts`);
    if (!scene.planned.has(generatedPath)) continue;
    const before = shapeBefore(change, shape);
    if (before === undefined && change.oldShapes !== undefined && !mayHaveHandler.has(shape.fullName)) {
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
  const goneServices: GoneService[] = goneShapes.map((shape) => {
    const advice = change.advice.get(shape.fullName);
    return {
      shape,
      advice: advice && `${advice}; if it is another one, remove this handler and write one for that`,
      deletedFile: advice === undefined ? untouchedHandler(shape, place, scene, texts, original) : undefined,
    };
  });
  const changed = [
    ...change.shapes.filter((shape) => hasChanged(shape, shapeBefore(change, shape))),
    ...change.goneServices,
  ];
  if (isServed && changed.length > 0) {
    const names = changed.map(({ fullName }) => fullName).join(", ");
    for (const [path, why] of unread) {
      if (!path.startsWith(`${below(place.dir, "src")}/handler/`) || scene.isIgnored(path)) continue;
      const message = `${why}, so it was not looked at; bring it in step by hand if it handles ${names}`;
      notes.push({ path, line: 1, column: 1, message, severity: "error" });
    }
  }
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
