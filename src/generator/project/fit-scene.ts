import type { Schema } from "../schema/index.ts";
import type { EventChange } from "./fit-event.ts";
import type { IsIgnored } from "./ignore-file.ts";
import type { Manifest } from "./manifest.ts";
import type { StartHandler } from "./new-handler.ts";
import type { SchemaChange } from "./schema-change.ts";

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
