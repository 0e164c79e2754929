import type { OptionNode } from "../schema/syntax.ts";

/** `option name = true;` or `[name = true]`, not a custom option. */
export function hasFlag(options: readonly OptionNode[], name: string): boolean {
  const value = findOption(options, name)?.value;
  return value?.kind === "name" && value.name === "true";
}

/** A plain option of one part. */
export function findOption(options: readonly OptionNode[], name: string): OptionNode | undefined {
  // Of most declarations there are none, and this is asked of each by many rules.
  if (options.length === 0) return undefined;
  return options.find(({ parts }) => parts.length === 1 && !parts[0]!.isExtension && parts[0]!.name === name);
}
