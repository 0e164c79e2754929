import type { MergeNote, Rename } from "../merge/index.ts";
import type { Schema } from "../schema/index.ts";
import type { EventChange } from "./fit-event.ts";
import { fitService } from "./fit-service.ts";
import type { Generated, Generation } from "./generation.ts";
import { readIgnoreFile } from "./ignore-file.ts";
import type { Manifest } from "./manifest.ts";
import type { StartHandler } from "./new-handler.ts";
import type { WantedFile } from "./plan.ts";
import { type SchemaChange, schemaChange } from "./schema-change.ts";
import type { SchemaSnapshots } from "./schema-snapshot.ts";

/** What the user's code needs: changed files, files for new services, and what is left to the user. */
export interface FittedHandlers {
  readonly wanted: readonly WantedFile[];
  /** Files that were made for a service that is gone, and that nobody changed. */
  readonly gone: readonly string[];
  readonly notes: readonly MergeNote[];
}

export interface FitOptions {
  /** What the code on disk was generated from. */
  readonly snapshots: SchemaSnapshots;
  /** Makes the first handler of a service that is new. */
  readonly start?: StartHandler;
  /** What the user says has another name now. */
  readonly renames?: readonly Rename[];
  /** An event to subscribe to, or no longer: in the first SRV. */
  readonly event?: EventChange;
}

/**
 * Brings the user's code in step with the schema. Reads only. Syntax trees are built for services whose rpcs are others
 * than when micro-gen ran last, and for those whose handler seems to lack one.
 */
export async function fitHandlers(
  { root, handlers = [], importExtension }: Generation,
  { wanted, schema }: Generated,
  manifest: Manifest,
  { snapshots, start, renames = [], event }: FitOptions,
): Promise<FittedHandlers> {
  const found = { wanted: [] as WantedFile[], gone: [] as string[], notes: [] as MergeNote[] };
  if (handlers.length === 0) return found;
  const planned = new Map(
    wanted.flatMap(({ path, content }) =>
      path.endsWith(".ts") ? [[path, Buffer.from(content).toString("utf8")] as const] : [],
    ),
  );
  const isIgnored = await readIgnoreFile(root);
  // Services are generated together as a rule, and what changed is much to find out: once for each schema before.
  const changes = new Map<Schema | undefined, SchemaChange>();
  const changeSince = (old: Schema | undefined): SchemaChange => {
    const change = changes.get(old) ?? schemaChange(old, schema, renames);
    changes.set(old, change);
    return change;
  };
  const subscriber = handlers.find(({ type }) => type === "srv");
  for (const place of handlers) {
    const change = changeSince(await snapshots.of(place.out));
    const fitted = await fitService(place, {
      root,
      importExtension,
      manifest,
      planned,
      isIgnored,
      schema,
      change,
      start,
      event: place === subscriber ? event : undefined,
    });
    found.wanted.push(...fitted.wanted);
    found.gone.push(...fitted.gone);
    found.notes.push(...fitted.notes);
  }
  return found;
}
