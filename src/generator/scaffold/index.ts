export {
  type Answers,
  PACKAGE_MANAGERS,
  type PackageManager,
  RUNTIME_SOURCES,
  type RuntimeSource,
  type ServicePlace,
  servicePlaces,
} from "./answers.ts";
export { findBundles, toolRoot } from "./bundles.ts";
export { shellQuote } from "./first-calls.ts";
export { type GitOutcome, initRepository } from "./git.ts";
export { type InstallOutcome, installDependencies } from "./install.ts";
export { aliasOfFolder, folderProblem, parseAlias, parseFqdn, parseNamespace } from "./names.ts";
export { nextSteps } from "./next-steps.ts";
export { detectPackageManager } from "./package-manager.ts";
export { type MadeProject, type MakeOptions, planProject } from "./plan-project.ts";
export { ScaffoldError, type ScaffoldErrorReason } from "./scaffold-error.ts";
