import { type Linked, scalarTypes } from "../schema/linked.ts";
import type { AggregateEntry, FieldNode, MessageNode, OptionNode, RangeNode } from "../schema/syntax.ts";
import { contains, createRangeFinder } from "./ranges.ts";
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

/**
 * What the declarations of a statement lack, or say that cannot be.
 *
 * @param ranges that share their options, as those of one statement do
 * @param names declared by statements of the same message before; those of this one are added
 */
export function checkDeclarations(ranges: readonly RangeNode[], names: Set<string>, report: Report): void {
  const [first, second = first] = ranges;
  if (first === undefined || second === undefined) return;
  const declarations = declarationsOf(first);
  const verification = verificationOf(first);
  if (declarations.length > 0 && verification?.name === "UNVERIFIED")
    report(verification.at, "A range that declares its extensions is verified; remove UNVERIFIED.");
  const numbers = new Set<bigint>();
  for (const { at, number, fullName, type, reserved } of declarations) {
    if (number !== undefined && numbers.has(number))
      report(at, `Number ${number} is declared twice; remove one.`);
    if (number !== undefined) numbers.add(number);
    if (fullName !== undefined && type !== undefined) {
      if (names.has(fullName)) report(at, `"${fullName}" is declared twice; remove one.`);
      names.add(fullName);
    }
    // Each declaration belongs to all ranges of its statement, and no number is in two of them.
    if (number === undefined || !contains(first, number) || !contains(second, number)) {
      report(at, `Number ${number ?? 0} is not in the extension range; declare it where it belongs.`);
    } else if ((fullName === undefined) !== (type === undefined) || (!reserved && type === undefined)) {
      report(at, "A declaration needs full_name and type, or reserved alone.");
    }
    if (fullName !== undefined && !absoluteName.test(fullName))
      report(at, `"${fullName}" is no full name; write it as ".package.name".`);
    if (type !== undefined && !scalarTypes.has(type) && !absoluteName.test(type))
      report(at, `"${type}" is no type; write a scalar's name, or a full name as ".package.Type".`);
  }
}

/** Says why an extension does not go with what its range declares; nothing when it does, or nothing is declared. */
export type JudgeExtension = (owner: MessageNode, node: FieldNode, fullName: string) => string | undefined;

/** What ranges declare is looked up once, for all extensions. */
export function createExtensionJudge(linked: Linked): JudgeExtension {
  const finders = new Map<MessageNode, ReturnType<typeof createRangeFinder>>();
  const declared = new Map<RangeNode["options"], ReadonlyMap<bigint | undefined, Declaration>>();

  return (owner, node, fullName) => {
    const find = finders.get(owner) ?? createRangeFinder(owner.extensionRanges);
    finders.set(owner, find);
    const { value } = node.number;
    const range = find(value);
    if (range === undefined || range.options.length === 0) return undefined;
    const declarations =
      declared.get(range.options) ?? new Map(declarationsOf(range).map((one) => [one.number, one]));
    declared.set(range.options, declarations);
    const known = declarations.get(value);
    if (known !== undefined) return difference(linked, known, node, fullName);
    const mustBe = declarations.size > 0 || verificationOf(range)?.name === "DECLARATION";
    return mustBe
      ? `Number ${value} is not among the declarations of its extension range; declare it.`
      : undefined;
  };
}

function difference(linked: Linked, declared: Declaration, node: FieldNode, fullName: string) {
  const { value } = node.number;
  if (declared.reserved) return `Number ${value} is reserved by a declaration; take another one.`;
  const target = linked.target(node.type);
  const type = target === undefined ? node.type.text : `.${target.fullName}`;
  if (declared.fullName !== `.${fullName}`)
    return `Number ${value} is declared for "${declared.fullName}"; take another one.`;
  if (declared.type !== type)
    return `Number ${value} is declared with type "${declared.type}", not "${type}".`;
  if (declared.repeated !== (node.label === "repeated"))
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
