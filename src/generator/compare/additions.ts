import type { Enum, Message, ServiceDef } from "../schema/index.ts";
import type { ChangeRules, Pair } from "./change.ts";

/** What is new in a message that was there before. A new required field has a rule that is not about safety. */
export const messageAdditions: ChangeRules<Pair<Message>> = {
  "field-added"({ before, after }, report) {
    const numbers = new Set(before.fields.map(({ number }) => number));
    for (const { number, name, fullName, presence, position, oneof } of after.fields) {
      if (numbers.has(number) || presence === "required") continue;
      const joins = oneof !== undefined && before.oneofs.some((known) => known.name === oneof);
      report({
        kind: "safe",
        name: fullName,
        position,
        what: `Field ${number} "${name}" of ${after.fullName} is new`,
        consequence: joins ? `Old peers that are sent it see nothing set in oneof "${oneof}".` : undefined,
        remedy: undefined,
      });
    }
  },
};

/** What is new in an enum that was there before. */
export const enumAdditions: ChangeRules<Pair<Enum>> = {
  "enum-value-added"({ before, after }, report) {
    const numbers = new Set(before.values.map(({ number }) => number));
    for (const { number, name, fullName, position } of after.values) {
      if (numbers.has(number)) continue;
      report({
        kind: "safe",
        name: fullName,
        position,
        what: `Value "${name}" (${number}) of ${after.fullName} is new`,
        consequence: after.open
          ? undefined
          : "The enum is closed, so old peers that are sent it see the field as not set.",
        remedy: undefined,
      });
    }
  },
};

/** What is new in a service that was there before. */
export const serviceAdditions: ChangeRules<Pair<ServiceDef>> = {
  "rpc-added"({ before, after }, report) {
    const names = new Set(before.methods.map(({ name }) => name));
    for (const { name, fullName, position } of after.methods) {
      if (names.has(name)) continue;
      const what = `Rpc ${name} of ${after.fullName} is new`;
      report({ kind: "safe", name: fullName, position, what, consequence: undefined, remedy: undefined });
    }
  },
};
