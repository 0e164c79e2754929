/** Editions we know all features of, with their numbers in google.protobuf.Edition. */
const numbers: Readonly<Record<string, number>> = { 2023: 1000, 2024: 1001, 2026: 1002 };

/** `2023`, `2024`, ...: oldest first. */
export const knownEditions: readonly string[] = Object.keys(numbers);

/** Is it proto2, proto3 or edition 2023? */
export function isBefore2024(edition: string): boolean {
  return edition === "proto2" || edition === "proto3" || edition === "2023";
}

/** `2024` -> 1001; what a FileDescriptorProto holds. */
export function editionNumber(edition: string): number {
  return numbers[edition] ?? 0;
}

/** 1001 -> `2024`; the number itself for an edition that is not known here. */
export function editionOfNumber(number: number): string {
  return knownEditions.find((edition) => numbers[edition] === number) ?? String(number);
}
