import { join, relative, sep } from "node:path";
import {
  conflictsOf,
  isInside,
  makePlan,
  type Plan,
  readManifest,
  readPinnedClients,
  type WantedFile,
} from "../project/index.ts";
import type { Schema } from "../schema/index.ts";
import type { Answers } from "./answers.ts";
import { findBundles, toolRoot } from "./bundles.ts";
import { loadProtos } from "./load-protos.ts";
import { manifestAnswers, projectFiles } from "./project-files.ts";
import { type ProjectService, projectServices } from "./project-services.ts";
import { type ProtoSource, readProtoSource } from "./proto-source.ts";
import { givesWay, inspectTarget } from "./target.ts";

export interface MakeOptions {
  readonly answers: Answers;
  /** Absolute folder of the project. */
  readonly root: string;
  /** The folder as the user wrote it, for messages. */
  readonly shown: string;
  /** Absolute path of the user's .proto file or folder; undefined for the starter. */
  readonly proto: string | undefined;
  /** Version of the tool, which is that of the packages it brings. */
  readonly version: string;
  /**
   * What to do about files in the way. `refuse`: they are conflicts. `merge`: theirs stay. `overwrite`: ours replace
   * them.
   */
  readonly existing: "refuse" | "merge" | "overwrite";
  /** Told where the user's schemas lie as soon as that is known, for messages about them. */
  readonly onProtos?: (source: ProtoSource) => void;
}

/** A project to be: what would be written, and what the next steps are about. */
export interface MadeProject {
  readonly plan: Plan;
  readonly answers: Answers;
  readonly schema: Schema;
  readonly services: readonly ProjectService[];
  /** Entries of the folder that are not ours; only a reason to refuse. */
  readonly foreign: readonly string[];
  /** Paths of files in the way. */
  readonly conflicts: readonly string[];
  /** The user's README, licence or ignore file, which stay. */
  readonly kept: readonly string[];
}

/**
 * Answers -> everything that would be written, without writing anything. Throws ScaffoldError, SchemaError,
 * OutputPathError or ProjectError.
 */
export async function planProject(options: MakeOptions): Promise<MadeProject> {
  const { answers, root, shown, proto, version, existing } = options;
  inspectTarget(root, shown, new Set()); // a file in the way is told before anything is read
  const templates = join(toolRoot(), "templates");
  const protos = await readProtoSource(proto ?? join(templates, "starter/proto/greeter.proto"));
  options.onProtos?.(protos);
  const schema = await loadProtos(protos);
  const asked = new Set(protos.files.filter(({ asked }) => asked).map(({ path }) => path));
  const services = projectServices(schema, (file) => asked.has(file));
  const bundles = findBundles(answers.runtime, version, root);
  const starter = proto === undefined;
  const wanted = projectFiles({ answers, schema, protos, services, starter, bundles, templates });

  const ours = [...wanted.map(({ path }) => path), ...MADE, ...placeInside(root, proto)];
  const target = inspectTarget(root, shown, new Set(ours.map((path) => path.split("/")[0] as string)));
  const manifest = await readManifest(root);
  // Clients that micro-gen made of services elsewhere are no part of what is asked here.
  const { clients } = manifest.answers;
  const outs = readPinnedClients(manifest.answers).map(({ out }) => `${out}/`);
  const plan = (files: readonly WantedFile[]) =>
    makePlan(root, files, manifest, {
      existing: existing === "merge" ? "keep" : "conflict",
      force: existing === "overwrite",
      owns: (path) => !outs.some((out) => path.startsWith(out)),
      answers: { ...manifestAnswers(answers), ...(clients !== undefined && { clients }) },
    });
  let made = await plan(wanted);
  const kept = conflictsOf(made).flatMap(({ path }) => (givesWay(path) ? [path] : []));
  if (kept.length > 0) made = await plan(wanted.filter(({ path }) => !kept.includes(path)));
  return {
    plan: made,
    answers,
    schema,
    services,
    foreign: target.foreign,
    conflicts: conflictsOf(made).map(({ path }) => path),
    kept,
  };
}

/** The user's schema when it lies in the new project's folder already: no reason to refuse. */
function placeInside(root: string, proto: string | undefined): string[] {
  if (proto === undefined || proto === root || !isInside(root, proto)) return [];
  return [relative(root, proto).split(sep).join("/")];
}

/** What appears in a project's folder without us writing it. */
const MADE = [
  ".micro",
  "node_modules",
  "dist",
  "dist-test",
  "package-lock.json",
  "pnpm-lock.yaml",
  "bun.lock",
  ".yarn",
];
