import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HandlerShape, HandlerToFit, MergeNote } from "../merge/index.ts";
import { mayLackMembers, methodsIn } from "../merge/scan.ts";
import type { Generated, Generation, HandlerPlace } from "./generation.ts";
import { readHandlerSources } from "./handler-sources.ts";
import { readIgnoreFile } from "./ignore-file.ts";
import { errorCode, ioError } from "./io-error.ts";
import type { Manifest } from "./manifest.ts";
import type { WantedFile } from "./plan.ts";

/** The handler file of a proto service that is new, and what `main.ts` has to call. */
export interface NewHandler {
  /** Relative to the service's folder: `src/handler/stock.ts`. */
  readonly path: string;
  readonly content: string;
  /** A sentence about the registration. */
  readonly advice: string;
}

/** Makes the first handler of a proto service; undefined when there is none for this place. */
export type StartHandler = (fullName: string, place: HandlerPlace) => Promise<NewHandler | undefined>;

/** What the user's handlers need: files with new members, files for new services, and what is left to the user. */
export interface FittedHandlers {
  readonly wanted: readonly WantedFile[];
  readonly notes: readonly MergeNote[];
}

/**
 * Compares the user's handlers with the schema. Reads only. A syntax tree is built for services whose rpcs are others
 * than when micro-gen ran last, and for those whose handler seems to lack one.
 */
export async function fitHandlers(
  { root, handlers = [], importExtension }: Generation,
  { wanted, schema }: Generated,
  manifest: Manifest,
  start?: StartHandler,
): Promise<FittedHandlers> {
  const places = handlers.filter(({ type }) => type !== "web");
  if (places.length === 0) return { wanted: [], notes: [] };
  const { handlerShapes } = await import("../merge/index.ts");
  const shapes = handlerShapes(schema);
  if (shapes.length === 0) return { wanted: [], notes: [] };
  const planned = new Map(wanted.map(({ path, content }) => [path, content]));
  const isIgnored = await readIgnoreFile(root);

  const found: WantedFile[] = [];
  const notes: MergeNote[] = [];
  for (const place of places) {
    const src = below(place.dir, "src");
    const sources = await readHandlerSources(root, src, place.out);
    const files = new Map([...sources].filter(([path]) => !isIgnored(path)));
    const texts = new Map(
      [...sources].map(([path, content]) => [path, Buffer.from(content).toString("utf8")]),
    );

    const toFit: HandlerToFit[] = [];
    for (const shape of shapes) {
      const path = below(place.out, `${shape.module.slice(1)}.ts`);
      if (!planned.has(path)) continue;
      const before = await readText(root, path);
      const about = [...texts.values()].filter((text) => mentions(text, shape));
      // Two packages may have a service of the same name; their modules differ.
      if (!about.some((text) => text.includes(shape.module.slice(1)))) {
        const isNew =
          before === undefined ? !manifest.files.has(path) : !before.includes(`function ${shape.register}(`);
        if (isNew && hasGenerated(manifest, place)) await addNew(shape, place, texts);
      }
      if (![...files.keys()].some((path) => mentions(texts.get(path) as string, shape))) continue;
      const changed = changesOf(shape, before);
      if (changed.size > 0 || hasNewMethods(shape, before) || mayLackMembers(shape, [...texts.values()]))
        toFit.push({ ...shape, changed });
    }
    if (toFit.length === 0) continue;

    const { mergeHandlers } = await import("../merge/merge-handlers.ts"); // loads the compiler
    const merged = mergeHandlers({
      root,
      out: place.out,
      importExtension,
      service: place.name,
      forwards: place.type === "api",
      files,
      mentioned: (path) => toFit.some((shape) => mentions(texts.get(path) as string, shape)),
      mayEdit: (path) => path.startsWith(`${src}/handler/`),
      handlers: toFit,
    });
    notes.push(...merged.notes);
    for (const [path, content] of merged.edits) {
      found.push({ path, content, class: "managed", basis: files.get(path) as Uint8Array });
    }
  }
  return { wanted: found, notes };

  async function addNew(
    shape: HandlerShape,
    place: HandlerPlace,
    texts: ReadonlyMap<string, string>,
  ): Promise<void> {
    const made = await start?.(shape.fullName, place);
    if (made === undefined) return;
    const path = below(place.dir, made.path);
    if (manifest.files.has(path) || isIgnored(path)) return; // deleted by the user, or not wanted
    found.push({ path, content: made.content, class: "managed" });
    const main = below(place.dir, "src/main.ts");
    notes.push({
      path: main,
      line: lineOfLast(/^.*\bregister\w+Handler\(/gm, texts.get(main) ?? ""),
      column: 1,
      message: made.advice,
      severity: "todo",
    });
  }
}

/** 1 for a text without a match. */
function lineOfLast(pattern: RegExp, text: string): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last === undefined ? 1 : text.slice(0, last.index).split("\n").length;
}

/** Names are compared as words: FrontDeskHandler is not DeskHandler. */
function mentions(text: string, { handler, register }: HandlerShape): boolean {
  const words = [handler, register].map((word) => word.replaceAll("$", "\\$")).join("|");
  return new RegExp(`(?<![\\w$])(?:${words})(?![\\w$])`).test(text);
}

/** Code was generated here before, so a service that is not known is a new one. */
function hasGenerated({ files }: Manifest, { out }: HandlerPlace): boolean {
  return [...files].some(([path, entry]) => entry.class === "generated" && path.startsWith(`${out}/`));
}

function hasNewMethods({ fullName, members }: HandlerShape, before: string | undefined): boolean {
  if (before === undefined) return true;
  const known = methodsIn(before);
  return members.some(({ property }) => !known.has(`${fullName} ${property}`));
}

const kinds: Readonly<Record<string, string>> = {
  unary: "one request and one response",
  serverStream: "one request and a stream of responses",
  clientStream: "a stream of requests and one response",
  bidiStream: "streams of requests and responses",
};

/** Rpcs that are gone or of another kind than when micro-gen ran last, by property. */
function changesOf({ fullName, members }: HandlerShape, before: string | undefined): Map<string, string> {
  const changes = new Map<string, string>();
  for (const [key, { name, kind, service }] of methodsIn(before ?? "")) {
    if (service !== fullName) continue;
    const property = key.slice(service.length + 1);
    const now = members.find((member) => member.property === property)?.method;
    if (now === undefined) {
      changes.set(property, `rpc ${name} is no longer in ${fullName}; remove this member, or rename it`);
    } else if (now.kind !== kind) {
      changes.set(property, `rpc ${name} now has ${kinds[now.kind] ?? now.kind}; change this member`);
    }
  }
  return changes;
}

async function readText(root: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(root, path), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw ioError(error, "read", path);
  }
}

function below(folder: string, path: string): string {
  return folder === "." ? path : `${folder}/${path}`;
}
