import { describe, expect, test } from "vitest";
import { Roster } from "../../../src/runtime/roster/index.ts";

const member = (name: string) => ({ name, seat: { at: -1 } });

describe("a roster", () => {
  test("tells who is here while members come and go in any order", () => {
    const roster = new Roster<ReturnType<typeof member>>();
    const members = Array.from({ length: 100 }, (_, index) => member(String(index)));
    for (const one of members) roster.join(one, one.seat);
    const stay = members.filter((_, index) => index % 3 === 0);
    for (const one of members.toReversed())
      if (!stay.includes(one)) expect(roster.leave(one.seat)).toBe(true);

    expect(roster.size).toBe(stay.length);
    expect(new Set(roster.all())).toEqual(new Set(stay));
  });

  test("takes it well when somebody leaves twice, or never came", () => {
    const roster = new Roster<ReturnType<typeof member>>();
    const [ada, bob] = [member("ada"), member("bob")];
    roster.join(ada, ada.seat);
    expect(roster.leave(bob.seat)).toBe(false);
    expect(roster.leave(ada.seat)).toBe(true);
    expect(roster.leave(ada.seat)).toBe(false);
    roster.join(ada, ada.seat);
    expect(roster.all()).toEqual([ada]);
  });

  test("can be walked while its members leave", () => {
    const roster = new Roster<ReturnType<typeof member>>();
    for (const one of [member("a"), member("b"), member("c")]) roster.join(one, one.seat);
    for (const one of roster.all()) roster.leave(one.seat);
    expect(roster.size).toBe(0);
  });
});
