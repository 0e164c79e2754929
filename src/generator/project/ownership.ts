import type { Generation } from "./generation.ts";
import { readManifest } from "./manifest.ts";

/**
 * Which files of an output folder a run answers for, and what the manifest remembers of its inputs. Another schema's code
 * in the same folder is not stale only because it was not named this time.
 *
 * @param root absolute; the output folder
 * @param files import paths, sorted
 * @param isWhole the files are all there are in what was named, a folder or descriptor set: it speaks for all files that
 *   came from it before, also for those that are gone
 */
export async function ownershipOf(
  root: string,
  files: readonly string[],
  { isWhole }: { readonly isWhole: boolean },
): Promise<Required<Pick<Generation, "owns" | "answers">>> {
  const manifest = await readManifest(root);
  const before = inputsOf(manifest.answers.inputs);
  const known = new Set(files);
  const coversAll =
    before.every((file) => known.has(file)) || (isWhole && before.some((file) => known.has(file)));
  const recorded = coversAll ? files : [...new Set([...before, ...files])].sort();
  return { owns: () => coversAll, answers: { ...manifest.answers, inputs: recorded } };
}

function inputsOf(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.filter((item) => typeof item === "string") : [];
}
