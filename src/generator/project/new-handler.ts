import type { HandlerShape, MergeNote, NewRegistration } from "../merge/index.ts";
import type { FitScene } from "./fit-scene.ts";
import { below, type HandlerPlace } from "./generation.ts";
import { isUnedited, type Manifest } from "./manifest.ts";
import { mentions, wordPattern } from "./mentions.ts";
import type { WantedFile } from "./plan.ts";

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

/** What comes with a service that is new. */
export interface NewHandlerWork {
  readonly created: readonly WantedFile[];
  readonly registrations: readonly NewRegistration[];
  readonly notes: readonly MergeNote[];
}

/** What a new service lacks: its handler and registration, of which a run that was killed may have written one. */
export async function newHandler(
  shape: HandlerShape,
  place: HandlerPlace,
  { start, manifest, isIgnored }: FitScene,
  { texts, files }: { readonly texts: readonly string[]; readonly files: ReadonlyMap<string, Uint8Array> },
): Promise<NewHandlerWork | undefined> {
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
export function isTaken(
  { path, content }: WantedFile,
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Manifest,
) {
  const there = files.get(path);
  if (there === undefined || isUnedited(path, there, manifest)) return false;
  return !Buffer.from(there).equals(Buffer.from(content));
}

/** The file of a handler that is as micro-gen left it. */
export function untouchedHandler(
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
