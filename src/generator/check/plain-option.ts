import type { OptionNode } from "../schema/syntax.ts";

/** `option name = true;` or `[name = true]`, not a custom option. */
export function hasFlag(options: readonly OptionNode[], name: string): boolean {
  const value = findOption(options, name)?.value;
  return value?.kind === "name" && value.name === "true";
}

/** A plain option of one part. */
export function findOption(options: readonly OptionNode[], name: string): OptionNode | undefined {
  // Not `find` with a function: many rules ask this of every declaration.
  for (let i = 0; i < options.length; i++) {
    const { parts } = options[i]!;
    const part = parts[0]!;
    if (part.name === name && parts.length === 1 && !part.isExtension) return options[i];
  }
  return undefined;
}
