import type { Linked } from "../schema/linked.ts";
import { suggest } from "../schema/suggest.ts";
import type { SchemaSymbol } from "../schema/symbols.ts";
import type { FieldNode } from "../schema/syntax.ts";

type MessageSymbol = SchemaSymbol & { readonly kind: "message" };

/** A field, and the message that declares it. */
export interface HttpField {
  readonly field: FieldNode;
  readonly owner: SchemaSymbol;
}

/** The field that `book.name` means in a message, or why it means none. */
export function findHttpField(
  linked: Linked,
  message: MessageSymbol,
  path: string,
): HttpField | { readonly problem: string } {
  let current: MessageSymbol = message;
  let field: FieldNode | undefined;
  for (const name of path.split(".")) {
    if (field !== undefined) {
      const target = linked.target(field.type);
      const what = `Field "${field.name.text}" of ${current.fullName}`;
      if (field.mapKey !== undefined || field.label === "repeated")
        return { problem: `${what} is not a single message, so "${path}" means nothing` };
      if (target?.kind !== "message") return { problem: `${what} is no message, so "${path}" means nothing` };
      current = target;
    }
    const fields = current.node.fields;
    field = fields.find((one) => one.name.text === name);
    if (field === undefined) {
      const names = fields.map((one) => one.name.text);
      const near = suggest(name, names);
      const fix = near === undefined ? "" : `; did you mean "${near}"?`;
      return { problem: `${current.fullName} has no field "${name}"${fix}` };
    }
  }
  return { field: field!, owner: current };
}
