import { expect, test } from "vitest";
import type { MessageInit } from "../../../src/runtime/protobuf/index.ts";
import { Choices, Kind, Lists, Maps, Node, Scalars } from "../../fixtures/everything/expected/everything.ts";
import { Defaults, Level } from "../../fixtures/proto2/expected/proto2.ts";
import { Event } from "../../fixtures/well-known/expected/well_known.ts";

// What these tests prove, the compiler proves: `npm run typecheck`.

test("a message may be handed over wherever parts of it may", () => {
  const inits: [
    MessageInit<Scalars>,
    MessageInit<Lists>,
    MessageInit<Maps>,
    MessageInit<Choices>,
    MessageInit<Node>,
    MessageInit<Event>,
  ] = [Scalars.create(), Lists.create(), Maps.create(), Choices.create(), Node.create(), Event.create()];
  expect(inits).toHaveLength(6);
});

test("parts may be given at every depth, absent or undefined", () => {
  const node = Node.create({
    children: [{ children: [{ label: "leaf" }] }],
    parent: undefined,
    inner: { node: {} },
  });
  expect(node.children[0]?.children[0]?.label).toBe("leaf");
  const maps = Maps.create({ maps: { 1: { texts: { a: "b" } } } });
  expect(maps.maps[1]?.texts.a).toBe("b");
});

test("a oneof is told apart by its case", () => {
  const { choice } = Choices.create({ choice: { case: "point", value: { x: 1 } } });
  const shown =
    choice?.case === "point" ? choice.value.x + choice.value.y : choice?.case === "text" ? choice.value : 0;
  expect(shown).toBe(1);
  // @ts-expect-error: a text is no point
  Choices.create({ choice: { case: "text", value: { x: 1 } } });
});

test("an open enum takes any number, a closed one its own", () => {
  const kind: Kind = 77;
  expect(Scalars.create({ kind }).kind).toBe(77);
  expect(Scalars.create({ kind: Kind.GOOD }).kind).toBe(1);
  expect(Defaults.create({ level: Level.HIGH }).level).toBe(2);
  // @ts-expect-error: not a Level
  const none: Level = 9;
  expect(none).toBe(9);
});

test("a 64-bit integer is a bigint and nothing else", () => {
  // @ts-expect-error: a number would lose digits
  expect(() => Scalars.encode({ anInt64: 1 })).toThrow(RangeError);
});
