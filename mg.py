import sys
p=sys.argv[1]; s=open(p).read()
s=s.replace('''export async function microGen(context: CommandContext, generator?: Generator): Promise<number> {''','''export async function microGen(
  context: CommandContext,
  generator?: Generator,
  ask: AskRename = askRename,
): Promise<number> {''')
s=s.replace(''' * @param generator the rooms that turn schemas into code; tests bring their own
 */''',''' * @param generator the rooms that turn schemas into code; tests bring their own
 * @param ask how to ask about names; tests answer themselves
 */''')
s=s.replace("return await generateInto({ context, options, generation, progress }, generator);","return await generateInto({ context, options, generation, progress, ask }, generator);")
s=s.replace('''async function generateInto(run: Run,''','''async function generateInto({ ask, ...given }: RunGiven,''')
s=s.replace('''  const { context, options, generation, progress } = run;
  let generated: Generated;''','''  const { context, options, generation, progress } = given;
  let generated: Generated;''')
s=s.replace('''  progress.step("Comparing with the files on disk");
''','''  const writes = !(options.dryRun || options.diff || options.check);
  const asks = context.terminal.interactive && writes && !options.quiet && !options.json;
  const renames = await decideRenames(generation, generated, options.rename ?? [], asks ? ask : undefined);
  const run: Run = { ...given, renames };

  progress.step("Comparing with the files on disk");
''')
s=s.replace('''  const { plan } = planned;
  const writes = !(options.dryRun || options.diff || options.check);
''','''  const { plan } = planned;
''')
s=s.replace('''  readonly progress: Progress;
}''','''  readonly progress: Progress;
  /** What the user says has another name now. */
  readonly renames: readonly Rename[];
}

interface RunGiven extends Omit<Run, "renames"> {
  readonly ask: AskRename;
}''',1)
s=s.replace("async function planOf(generated: Generated, { generation, options }: Run)","async function planOf(generated: Generated, { generation, options, renames }: Run)")
s=s.replace('''  const { wanted, notes } = await fitHandlers(generation, generated, manifest, start);''','''  const { wanted, gone, notes } = await fitHandlers(generation, generated, manifest, { start, renames });''')
s=s.replace('''    owns,
    ...(answers''','''    owns,
    gone,
    ...(answers''')
s=s.replace('''import { ExitCode } from "./exit-codes.ts";''','''import { type AskRename, askRename, decideRenames } from "./decide-renames.ts";
import { ExitCode } from "./exit-codes.ts";''')
s=s.replace('''import {
  applyPlan,''','''import type { Rename } from "../merge/index.ts";
import {
  applyPlan,''',1)
open(p,'w').write(s)
