export { type ApplyOptions, applyPlan, PlanOutdatedError } from "./apply-plan.ts";
export {
  type Baseline,
  descriptorSetBaseline,
  LAST_COMMIT,
  readBaseline,
  snapshotBaseline,
} from "./baseline/baseline.ts";
export { bufPaths } from "./buf-search.ts";
export { type DescriptorGenerationOptions, descriptorGeneration } from "./descriptor-generation.ts";
export type { EventChange } from "./fit-event.ts";
export { type FitOptions, type FittedHandlers, fitHandlers } from "./fit-handlers.ts";
export { type FolderGenerationOptions, folderGeneration } from "./folder-generation.ts";
export {
  type ClientGeneration,
  type GeneratedClient,
  generateClient,
} from "./generate-client.ts";
export {
  type Generated,
  type Generation,
  type Generator,
  generate,
  type HandlerPlace,
} from "./generation.ts";
export { type LockOptions, withLock } from "./lock.ts";
export { makePlan, type PlanOptions } from "./make-plan.ts";
export {
  emptyManifest,
  type FileClass,
  formatManifest,
  type JsonValue,
  type Manifest,
  type ManifestEntry,
  manifestPath,
  parseManifest,
  readManifest,
  readRecords,
} from "./manifest.ts";
export {
  type AllowedChange,
  type Compatibility,
  compatibilities,
  formatMicroJson,
  type MicroJson,
  type MicroJsonService,
  microJsonPath,
  reasonPlaceholder,
  type ServiceType,
  serviceTypes,
} from "./micro-json.ts";
export type { NewHandler, StartHandler } from "./new-handler.ts";
export { type MicroJsonMistake, parseMicroJson } from "./parse-micro-json.ts";
export {
  type PinnedClient,
  type PinnedService,
  readPinnedClients,
  withPinnedClient,
} from "./pinned-client.ts";
export {
  type Action,
  changesOf,
  conflictsOf,
  type Plan,
  type PlannedFile,
  type PlanOverview,
  type WantedFile,
} from "./plan.ts";
export { findProject, type Project } from "./project.ts";
export { ProjectError, type ProjectErrorReason } from "./project-error.ts";
export { projectGeneration } from "./project-generation.ts";
export { type ProtoInput, readProtoInput } from "./proto-input.ts";
export { findProtoTree, type ProtoTree, readProtoTree } from "./proto-tree.ts";
export { renameQuestions, schemaBefore } from "./rename-questions.ts";
export { openRunMemory, type Recalled, type RunMemory } from "./run-memory.ts";
export { isInside } from "./safe-path.ts";
export { adviceOf } from "./schema-change.ts";
export * from "./schema-edit/index.ts";
export { type SchemaSnapshots, schemaSnapshots } from "./schema-snapshot.ts";
export { unifiedDiff } from "./unified-diff.ts";
export { createFolderWatch, type FolderWatch, type WatchedPlaces } from "./watch-folders.ts";
