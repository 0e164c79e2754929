/** Names and numbers of an enum, both ways. */
export interface EnumTable {
  /** Full proto name. */
  readonly typeName: string;
  /** First name of each number. */
  readonly names: ReadonlyMap<number, string>;
  /** Aliases included. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** `values` in declaration order, as in the .proto. */
export function enumTable(
  typeName: string,
  values: readonly (readonly [name: string, number: number])[],
): EnumTable {
  const names = new Map<number, string>();
  for (const [name, number] of values) if (!names.has(number)) names.set(number, name);
  return { typeName, names, numbers: new Map(values) };
}
