import { expect, test } from "vitest";
import { createNameOrder } from "../../../src/generator/emit/name-order.ts";

/** As Biome 2.5 puts them. */
const inOrder =
  "_a $a Ab a1 a2 a10 a10b aB ab abc B b EnumTable encode endArray Int8 Int16 Int16List writeText".split(" ");

test("imported names stand in the order that Biome wants them in", () => {
  const orderOf = createNameOrder();
  for (const names of [inOrder.toReversed(), inOrder.toSorted()])
    expect(names.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))).toEqual(inOrder);
});
