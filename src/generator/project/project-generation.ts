import { existsSync } from "node:fs";
import { join } from "node:path";
import { SCHEMA_FILE } from "../emit/index.ts";
import { below, type Generation } from "./generation.ts";
import { readManifest } from "./manifest.ts";
import { microJsonPath } from "./micro-json.ts";
import { brokenClient, readPinnedClients } from "./pinned-client.ts";
import type { Project } from "./project.ts";
import { ProjectError } from "./project-error.ts";
import { findProtoFiles } from "./proto-files.ts";

/** Everything micro.json asks for: all schemas of the project, into every service's output folder. */
export async function projectGeneration({ root, config }: Project): Promise<Generation> {
  const { services, proto, out = "src/gen", importExtension = "ts", int64 } = config;
  if (services.length === 0) {
    throw new ProjectError("invalid", `${microJsonPath} lists no services; add one to get code for it.`);
  }
  const outOf = ({ dir }: { readonly dir: string }) =>
    dir === "." ? out : out === "." ? dir : `${dir}/${out}`;
  const manifest = await readManifest(root);
  const clients = readPinnedClients(manifest.answers);
  if (clients.some(({ out }) => out === ".")) throw brokenClient(".");
  // Who only calls others has no schemas, and git keeps no empty folder. Where there is code, a missing folder is a slip.
  const hasCode = services.some((service) => manifest.files.has(below(outOf(service), SCHEMA_FILE)));
  const mayMiss = clients.length > 0 && !hasCode;
  const files = new Map<string, string>();
  for (const folder of proto) {
    if (mayMiss && !existsSync(join(root, folder))) continue;
    for (const file of findProtoFiles(join(root, folder), folder)) {
      const other = files.get(file);
      if (other !== undefined) {
        throw new ProjectError(
          "invalid",
          `${other}/${file} and ${folder}/${file} have the same import path; rename one, or remove a folder from "proto" in ${microJsonPath}.`,
        );
      }
      files.set(file, folder);
    }
  }
  if (files.size === 0 && clients.length === 0) {
    throw new ProjectError("invalid", `There is no .proto file in ${proto.join(", ")}; add one.`);
  }
  return {
    root,
    includePaths: proto.map((folder) => join(root, folder)),
    folders: proto.map((folder) => join(root, folder)),
    files: [...files].map(([file, folder]) => join(root, folder, file)),
    outs: services.map(outOf),
    gate: { compatibility: config.compatibility ?? "json", allow: config.allow ?? [] },
    clients,
    handlers: services.map((service) => ({ ...service, out: outOf(service) })),
    importExtension,
    ...(int64 !== undefined && { int64 }),
    // Whatever was generated earlier, under an older `out` or for a removed service, but not the bundled packages.
    owns: (path) => !path.startsWith("vendor/"),
  };
}
