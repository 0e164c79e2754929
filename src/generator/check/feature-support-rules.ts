import { type FeatureSupport, featureSupport } from "../schema/feature-support.ts";
import type { EnumNode, FieldNode, MessageNode } from "../schema/syntax.ts";
import type { FileTarget, Rules } from "./rule.ts";

/** About `feature_support`, by which authors of options say which editions know them. */
export const featureSupportRules: Rules<FileTarget> = {
  "feature-support"({ file, linked }, report) {
    let compared = 0;
    const known = new Map<EnumNode, readonly ValueSupport[]>();
    const valuesOf = (node: EnumNode) => {
      const found = known.get(node) ?? differentSupports(node);
      known.set(node, found);
      return found;
    };
    const judgeField = ({ name, type, options }: FieldNode): void => {
      const support = options.length === 0 ? undefined : featureSupport(options);
      if (support === undefined) return;
      const problem = supportProblem(name.text, support);
      if (problem !== undefined) report(support.at, problem);
      const target = linked.target(type);
      for (const own of target?.kind === "enum" ? valuesOf(target.node) : []) {
        compared += 1;
        if (compared === maxCompared)
          report(support.at, "These options and their values differ in too many editions; split the file.");
        if (compared >= maxCompared) return;
        const outside = outsideProblem(own.name, own, name.text, support);
        if (outside !== undefined) report(support.at, outside);
      }
    };
    const judgeEnum = ({ values }: EnumNode): void => {
      for (const { name, options } of values) {
        const support = options.length === 0 ? undefined : featureSupport(options);
        const problem = support === undefined ? undefined : supportProblem(name.text, support);
        if (support !== undefined && problem !== undefined) report(support.at, problem);
      }
    };
    const judgeAll = ({
      messages,
      enums,
      extends: extensions,
    }: Pick<MessageNode, "messages" | "enums" | "extends">) => {
      for (const { fields } of extensions) fields.forEach(judgeField);
      enums.forEach(judgeEnum);
      for (const message of messages) {
        message.fields.forEach(judgeField);
        judgeAll(message);
      }
    };
    judgeAll(file);
  },
};

/** Fields of a file times the values of their enums that say different things. */
const maxCompared = 100_000;

interface ValueSupport extends FeatureSupport {
  /** Of the value, or of the first of several that say the same. */
  readonly name: string;
}

function differentSupports({ values }: EnumNode): readonly ValueSupport[] {
  const found = new Map<string, ValueSupport>();
  for (const { name, options } of values) {
    const support = options.length === 0 ? undefined : featureSupport(options);
    if (support === undefined) continue;
    const key = JSON.stringify({ ...support, at: 0 });
    if (!found.has(key)) found.set(key, { ...support, name: name.text });
  }
  return [...found.values()];
}

function supportProblem(name: string, support: FeatureSupport): string | undefined {
  const { introduced = 0, deprecated, removed, hasWarning, hasRemovalError } = support;
  if (deprecated !== undefined && deprecated < introduced)
    return `"${name}" is deprecated before it is introduced; put the editions in order.`;
  if (deprecated !== undefined && !hasWarning)
    return `"${name}" is deprecated without a deprecation_warning; write one.`;
  if (deprecated === undefined && hasWarning)
    return `"${name}" has a deprecation_warning and no edition_deprecated; write both, or none.`;
  if (removed === undefined) {
    return hasRemovalError
      ? `"${name}" has a removal_error and no edition_removed; write both, or none.`
      : undefined;
  }
  if (deprecated !== undefined && deprecated >= removed)
    return `"${name}" is deprecated after it is removed; put the editions in order.`;
  if (removed < introduced) return `"${name}" is removed before it is introduced; put the editions in order.`;
  return introduced !== removed && !hasRemovalError
    ? `"${name}" is removed without a removal_error; write one.`
    : undefined;
}

/** A value lives no longer than the field it is for. What it does not say, it has from the field. */
function outsideProblem(
  name: string,
  own: FeatureSupport,
  field: string,
  outer: FeatureSupport,
): string | undefined {
  const merged: FeatureSupport = {
    introduced: own.introduced ?? outer.introduced,
    deprecated: own.deprecated ?? outer.deprecated,
    removed: own.removed ?? outer.removed,
    hasWarning: own.hasWarning || outer.hasWarning,
    hasRemovalError: own.hasRemovalError || outer.hasRemovalError,
    at: own.at,
  };
  if (supportProblem(name, own) === undefined) {
    const problem = supportProblem(name, merged);
    if (problem !== undefined) return problem;
  }
  if ((merged.introduced ?? 0) < (outer.introduced ?? 0))
    return `"${name}" is introduced before "${field}", which it is for; put the editions in order.`;
  if (outer.removed !== undefined && (merged.removed ?? 0) > outer.removed)
    return `"${name}" is removed after "${field}", which it is for; put the editions in order.`;
  if (outer.deprecated !== undefined && (merged.deprecated ?? 0) > outer.deprecated)
    return `"${name}" is deprecated after "${field}", which it is for; put the editions in order.`;
  return undefined;
}
