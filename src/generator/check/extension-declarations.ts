import { type Linked, scalarTypes } from "../schema/linked.ts";
import type { AggregateEntry, FieldNode, OptionNode, RangeNode } from "../schema/syntax.ts";
import { contains } from "./ranges.ts";
import type { Report } from "./rule.ts";

/** `declaration = { number: 4 full_name: ".a.b" type: ".a.M" }` of an extension range. */
interface Declaration {
  readonly at: number;
  readonly number: bigint | undefined;
  readonly fullName: string | undefined;
  readonly type: string | undefined;
  readonly repeated: boolean;
  readonly reserved: boolean;
}

const absoluteName = /^(?:\.[A-Za-z_]\w*)+$/;

/** What the declarations of a range lack, or say that cannot be. */
export function checkDeclarations(range: RangeNode, report: Report): void {
  const declarations = declarationsOf(range);
  const verification = verificationOf(range);
  if (declarations.length > 0 && verification?.name === "UNVERIFIED")
    report(verification.at, "A range that declares its extensions is verified; remove UNVERIFIED.");
  for (const { at, number, fullName, type, reserved } of declarations) {
    if (number === undefined || !contains(range, number)) {
      report(at, `Number ${number ?? 0} is not in the extension range; declare it where it belongs.`);
    } else if (!reserved && (fullName === undefined || type === undefined)) {
      report(at, "A declaration needs full_name and type, or reserved.");
    }
    if (fullName !== undefined && !absoluteName.test(fullName))
      report(at, `"${fullName}" is no full name; write it as ".package.name".`);
    if (type !== undefined && !scalarTypes.has(type) && !absoluteName.test(type))
      report(at, `"${type}" is no type; write a scalar's name, or a full name as ".package.Type".`);
  }
}

/** Why an extension does not go with what its range declares; undefined when it does, or nothing is declared. */
export function declarationProblem(
  linked: Linked,
  ranges: readonly RangeNode[],
  node: FieldNode,
  fullName: string,
): string | undefined {
  const { value } = node.number;
  const range = ranges.find((one) => contains(one, value));
  if (range === undefined) return undefined;
  const declarations = declarationsOf(range);
  const declared = declarations.find(({ number }) => number === value);
  if (declared === undefined) {
    const mustBe = declarations.length > 0 || verificationOf(range)?.name === "DECLARATION";
    return mustBe
      ? `Number ${value} is not among the declarations of its extension range; declare it.`
      : undefined;
  }
  if (declared.reserved) return `Number ${value} is reserved by a declaration; take another one.`;
  const target = linked.target(node.type);
  const type = target === undefined ? node.type.text : `.${target.fullName}`;
  const isRepeated = node.label === "repeated";
  if (declared.fullName !== `.${fullName}`)
    return `Number ${value} is declared for "${declared.fullName}"; take another one.`;
  if (declared.type !== type)
    return `Number ${value} is declared with type "${declared.type}", not "${type}".`;
  if (declared.repeated !== isRepeated)
    return `Number ${value} is declared ${declared.repeated ? "repeated" : "as a single value"}.`;
  return undefined;
}

function declarationsOf({ options }: RangeNode): Declaration[] {
  return options.flatMap((option) => {
    if (!isNamed(option, "declaration")) return [];
    const { value } = option;
    const items = value.kind === "list" ? value.values : [value];
    return items.flatMap((item) =>
      item.kind === "aggregate" ? [toDeclaration(item.entries, option.at)] : [],
    );
  });
}

function toDeclaration(entries: readonly AggregateEntry[], at: number): Declaration {
  const find = (name: string) => entries.find((entry) => entry.name === name && !entry.isExtension)?.value;
  const text = (name: string) => {
    const value = find(name);
    return value?.kind === "string" ? value.bytes : undefined;
  };
  const flag = (name: string) => {
    const value = find(name);
    return value?.kind === "name" && value.name === "true";
  };
  const number = find("number");
  return {
    at,
    number: number?.kind === "integer" ? number.value : undefined,
    fullName: text("full_name"),
    type: text("type"),
    repeated: flag("repeated"),
    reserved: flag("reserved"),
  };
}

function verificationOf({ options }: RangeNode): { readonly name: string; readonly at: number } | undefined {
  const option = options.find((one) => isNamed(one, "verification"));
  return option?.value.kind === "name" ? { name: option.value.name, at: option.at } : undefined;
}

function isNamed({ parts }: OptionNode, name: string): boolean {
  return parts.length === 1 && !parts[0]!.isExtension && parts[0]!.name === name;
}
