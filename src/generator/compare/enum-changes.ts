import type { Enum } from "../schema/index.ts";
import type { ChangeRules, Pair } from "./change.ts";
import { judgeDeletion, noLongerReserved } from "./reserved-changes.ts";

/** Rules about enums that were there before. */
export const enumChanges: ChangeRules<Pair<Enum>> = {
  "enum-value-deleted"({ before, after }, report) {
    const namesAfter = byNumber(after);
    for (const [number, names] of byNumber(before)) {
      if (namesAfter.has(number)) continue;
      const { kind, remedy } = judgeDeletion(number, names, after.reserved);
      report({
        kind,
        name: fullNameOf(before, names[0]!),
        position: after.position,
        what: `Value ${names.map((name) => `"${name}"`).join(" and ")} (${number}) of ${after.fullName} is gone`,
        consequence: {
          wire: "A new value could take its number, and old peers would take it for the old one.",
          json: "A new value could take its name, and old peers would take it for the old one in JSON.",
          source: "Old peers may still send it; code that uses the value no longer compiles.",
        }[kind],
        remedy,
      });
    }
  },

  "enum-value-name"({ before, after }, report) {
    const namesAfter = byNumber(after);
    for (const [number, names] of byNumber(before)) {
      const known = namesAfter.get(number);
      const lost = known === undefined ? [] : names.filter((name) => !known.includes(name));
      if (known === undefined || lost.length === 0) continue;
      const added = known.filter((name) => !names.includes(name));
      const is = added.length > 0 ? ` and is "${added.join('", "')}"` : "";
      report({
        kind: "json",
        name: fullNameOf(before, lost[0]!),
        position: after.values.find((value) => value.number === number)?.position ?? after.position,
        what: `Value ${number} of ${after.fullName} was "${lost.join('", "')}"${is}`,
        consequence: "Peers that speak JSON refuse a name they do not know.",
        remedy: "Keep the name; a second one for the number needs allow_alias.",
      });
    }
  },

  "enum-reserved-removed"({ before, after }, report) {
    const lost = noLongerReserved(before.reserved, after.reserved);
    if (lost.length === 0) return;
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} no longer reserves ${lost.join(", ")}`,
      consequence: "A new value could take what an old one had, and old peers would take it for that.",
      remedy: "Keep it reserved.",
    });
  },

  "enum-type"({ before, after }, report) {
    if (before.open === after.open) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} was ${before.open ? "open" : "closed"} and is ${after.open ? "open" : "closed"}`,
      consequence:
        "Values that a peer does not know end up elsewhere: in the field, or among what is unknown.",
      remedy: undefined,
    });
  },

  "enum-json-format"({ before, after }, report) {
    if (!before.hasJsonFormat || after.hasJsonFormat) return;
    report({
      kind: "json",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} has no JSON form that languages agree on any more`,
      consequence: "Peers that speak JSON may read it in different ways.",
      remedy: undefined,
    });
  },
};

/** Aliases share a number. */
function byNumber({ values }: Enum): Map<number, string[]> {
  const result = new Map<number, string[]>();
  for (const { number, name } of values) {
    const names = result.get(number);
    if (names === undefined) result.set(number, [name]);
    else names.push(name);
  }
  return result;
}

function fullNameOf({ values }: Enum, name: string): string {
  return values.find((value) => value.name === name)!.fullName;
}
