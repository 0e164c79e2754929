import type { AggregateEntry, OptionNode, OptionValue } from "./syntax.ts";

/** What `feature_support` says of a field or enum value: numbers of google.protobuf.Edition, undefined for unsaid. */
export interface FeatureSupport {
  readonly introduced: number | undefined;
  readonly deprecated: number | undefined;
  readonly removed: number | undefined;
  readonly hasWarning: boolean;
  readonly hasRemovalError: boolean;
  readonly at: number;
}

/** Undefined when there is none, as on nearly everything. */
export function featureSupport(options: readonly OptionNode[]): FeatureSupport | undefined {
  const stated = options.filter(
    ({ parts: [first] }) => first?.name === "feature_support" && !first.isExtension,
  );
  const [first] = stated;
  if (first === undefined) return undefined;
  const entries = stated.flatMap(({ parts, value }): readonly Pick<AggregateEntry, "name" | "value">[] => {
    const name = parts[1]?.name;
    if (name !== undefined) return [{ name, value }];
    return value.kind === "aggregate" ? value.entries : [];
  });
  const find = (name: string) => entries.find((entry) => entry.name === name)?.value;
  return {
    introduced: editionNumber(find("edition_introduced")),
    deprecated: editionNumber(find("edition_deprecated")),
    removed: editionNumber(find("edition_removed")),
    hasWarning: find("deprecation_warning") !== undefined,
    hasRemovalError: find("removal_error") !== undefined,
    at: first.at,
  };
}

/** Why something cannot be used in a file of an edition, undefined when it can. */
export function lifetimeProblem(
  name: string,
  options: readonly OptionNode[],
  edition: string,
): string | undefined {
  const support = options.length === 0 ? undefined : featureSupport(options);
  const used = numbers[edition.toUpperCase()] ?? 0;
  if (support?.introduced !== undefined && used < support.introduced)
    return `"${name}" needs edition = "${editionName(support.introduced)}"; remove it.`;
  if (support?.removed !== undefined && used >= support.removed)
    return `There is no "${name}" since edition ${editionName(support.removed)}; remove it.`;
  return undefined;
}

/** Names of google.protobuf.Edition, without `EDITION_`. */
const numbers: Readonly<Record<string, number>> = {
  UNKNOWN: 0,
  "1_TEST_ONLY": 1,
  "2_TEST_ONLY": 2,
  LEGACY: 900,
  PROTO2: 998,
  PROTO3: 999,
  2023: 1000,
  2024: 1001,
  2026: 1002,
  UNSTABLE: 9999,
  "99997_TEST_ONLY": 99_997,
  "99998_TEST_ONLY": 99_998,
  "99999_TEST_ONLY": 99_999,
  MAX: 0x7fff_ffff,
};

/** 1001 -> `2024`. */
export function editionName(number: number): string {
  const found = Object.entries(numbers).find(([, value]) => value === number);
  return found?.[0] ?? String(number);
}

function editionNumber(value: OptionValue | undefined): number | undefined {
  return value?.kind === "name" ? numbers[value.name.replace(/^EDITION_/, "")] : undefined;
}
