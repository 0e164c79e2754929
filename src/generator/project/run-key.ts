import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Generation } from "./generation.ts";
import { readHandlerSources } from "./handler-sources.ts";
import { sha256 } from "./manifest.ts";
import { toolIdentity } from "./tool-identity.ts";

/**
 * Everything that a run depends on and that is quickly read, as a hash: tool, options, which schemas are asked for and
 * where links on the way to them lead, the user's handlers. Contents of schemas and outputs are not part of it.
 */
export function runKey(generation: Generation): string {
  const { root, includePaths, files, descriptorSet, outs, importExtension, int64, answers, gate } =
    generation;
  const handlers: unknown[] = [];
  for (const place of generation.handlers ?? []) {
    handlers.push(place);
    for (const folder of ["src", "test"]) {
      const inside = place.dir === "." ? folder : `${place.dir}/${folder}`;
      const { files: sources } = readHandlerSources(root, inside, place.out);
      for (const [path, content] of sources) handlers.push([path, sha256(content)]);
    }
  }
  const options = [root, outs, importExtension, int64, answers, gate];
  const asked = [includePaths, files, descriptorSet && sha256(descriptorSet.content), linksTo(generation)];
  return sha256(Buffer.from(JSON.stringify([toolIdentity(), options, asked, handlers])));
}

/** With several include paths, which one a schema is below may depend on links. */
function linksTo({ includePaths, files, descriptorSet }: Generation): (string | undefined)[] {
  if (includePaths.length < 2 || descriptorSet !== undefined) return [];
  return [...new Set([...includePaths, ...files.map((file) => dirname(file))])].map(realPath);
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined; // an include path need not exist
  }
}
