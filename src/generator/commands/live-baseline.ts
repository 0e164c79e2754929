import { formatSource, parseSource, readSource } from "../live/index.ts";
import { type Baseline, descriptorSetBaseline, type Generation } from "../project/index.ts";
import { connectOptions } from "./client-target.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

/** What a running service says its schema is. */
export async function liveBaseline(
  against: string,
  { root }: Generation,
  options: MicroGenOptions,
  context: Pick<CommandContext, "cwd" | "env" | "signal">,
): Promise<Baseline> {
  const source = parseSource(against);
  const { signal, cwd } = context;
  const live = await readSource(source, { ...connectOptions(root, options, context), cwd, signal });
  return descriptorSetBaseline(live.descriptorSet, formatSource(source));
}
