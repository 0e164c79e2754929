import type { Message } from "../schema/index.ts";
import type { ChangeRules, Pair } from "./change.ts";
import { judgeDeletion, lostRanges, noLongerReserved } from "./reserved-changes.ts";

/** Rules about messages that were there before. Their fields have rules of their own. */
export const messageChanges: ChangeRules<Pair<Message>> = {
  "field-deleted"({ before, after }, report) {
    const numbers = new Set(after.fields.map(({ number }) => number));
    for (const field of before.fields) {
      if (numbers.has(field.number)) continue;
      const { kind, remedy } = judgeDeletion(field.number, [field.name], after.reserved);
      const required = field.presence === "required";
      report({
        kind: required ? "wire" : kind,
        name: field.fullName,
        position: after.position,
        what: `Field ${field.number} "${field.name}" of ${after.fullName} is gone`,
        consequence: required
          ? "Old peers require it and refuse messages without it."
          : {
              wire: "A new field could take its number, and would be given the old one's values.",
              json: "A new field could take its name, and would be given the old one's values in JSON.",
              source:
                "What peers still send is kept as unknown; code that uses the field no longer compiles.",
            }[kind],
        remedy: required ? "Keep it." : remedy,
      });
    }
  },

  "required-field-added"({ before, after }, report) {
    const numbers = new Set(before.fields.map(({ number }) => number));
    for (const { number, name, fullName, presence, position } of after.fields) {
      if (presence !== "required" || numbers.has(number)) continue;
      report({
        kind: "wire",
        name: fullName,
        position,
        what: `Field ${number} "${name}" of ${after.fullName} is new and required`,
        consequence: "Messages of old peers lack it and are refused.",
        remedy: "Make it optional.",
      });
    }
  },

  "oneof-deleted"({ before, after }, report) {
    for (const { name, fullName } of before.oneofs) {
      if (after.oneofs.some((oneof) => oneof.name === name)) continue;
      report({
        kind: "source",
        name: fullName,
        position: after.position,
        what: `Oneof "${name}" of ${after.fullName} is gone`,
        consequence: "Code that uses it no longer compiles.",
        remedy: undefined,
      });
    }
  },

  "reserved-removed"({ before, after }, report) {
    const lost = noLongerReserved(before.reserved, after.reserved);
    if (lost.length === 0) return;
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} no longer reserves ${lost.join(", ")}`,
      consequence: "A new field could take what an old one had, and would be given the old one's values.",
      remedy: "Keep it reserved.",
    });
  },

  "extension-range-removed"({ before, after }, report) {
    const lost = lostRanges(before.extensionRanges, after.extensionRanges);
    if (lost.length === 0) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} no longer has extensions ${lost.join(", ")}`,
      consequence: "Extensions with these numbers no longer compile, wherever they are declared.",
      remedy: "Keep the range.",
    });
  },

  "message-json-format"({ before, after }, report) {
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

  "message-accessor"({ before, after }, report) {
    const flag = ({ options }: Message) => options.no_standard_descriptor_accessor === true;
    if (flag(before) || !flag(after)) return;
    report({
      kind: "source",
      name: before.fullName,
      position: after.position,
      what: `${after.fullName} has no standard accessor for its descriptor any more`,
      consequence: "Code that uses it no longer compiles.",
      remedy: undefined,
    });
  },
};
