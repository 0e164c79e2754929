import { isBefore2024 } from "../schema/editions.ts";
import { type Features, fileFeatures, withOptions } from "../schema/features.ts";
import type { EnumNode, FieldNode, MessageNode, NameNode, OneofNode, OptionNode } from "../schema/syntax.ts";
import type { FileTarget, Report } from "./rule.ts";

/** How names are written since edition 2024, where `features.enforce_naming_style` does not say STYLE_LEGACY. */
interface Style {
  /** `TitleCase`, `lower_snake_case`. */
  readonly called: string;
  readonly pattern: RegExp;
}

// protoc takes an underscore only in front of a letter.
const title: Style = { called: "TitleCase", pattern: /^[A-Z][A-Za-z0-9]*$/ };
const lower: Style = { called: "lower_snake_case", pattern: /^[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*$/ };
const upper: Style = { called: "UPPER_SNAKE_CASE", pattern: /^[A-Z][A-Z0-9]*(?:_[A-Z][A-Z0-9]*)*$/ };

/** Members beside an extension. */
const none: ReadonlySet<string> = new Set();

/** Tells of every name of a file that is not written as its edition wants it. */
export function checkNamingStyle({ file }: FileTarget, report: Report): void {
  if (isBefore2024(file.edition)) return;
  const root = fileFeatures(file);
  // A package name is lower_snake_case between its dots.
  for (const part of file.package?.text.split(".") ?? [])
    judge({ text: part, at: file.package!.at }, "package", lower, root, []);
  for (const node of file.messages) visitMessage(node, root);
  for (const node of file.enums) visitEnum(node, root);
  visitExtends(file, root);
  for (const service of file.services) {
    const inner = withOptions(root, service.options);
    judge(service.name, "service", title, root, service.options);
    for (const { name, options } of service.methods) judge(name, "rpc", title, inner, options);
  }

  function visitMessage(node: MessageNode, outer: Features): void {
    const inner = withOptions(outer, node.options);
    judge(node.name, "message", title, outer, node.options);
    const members = new Set([...node.fields, ...node.oneofs].map(({ name }) => name.text));
    for (const field of node.fields) {
      visitField(field, inner);
      judgeMember(
        field,
        field.oneof === undefined ? inner : withOptions(inner, field.oneof.options),
        members,
      );
    }
    for (const oneof of node.oneofs) {
      judge(oneof.name, "oneof", lower, inner, oneof.options);
      judgeMember(oneof, inner, members);
    }
    visitExtends(node, inner);
    for (const child of node.messages) visitMessage(child, inner);
    for (const child of node.enums) visitEnum(child, inner);
  }

  function visitExtends(node: Pick<MessageNode, "extends">, outer: Features): void {
    for (const { fields } of node.extends)
      for (const field of fields) {
        visitField(field, outer);
        judgeMember(field, outer, none);
      }
  }

  function visitField(field: FieldNode, outer: Features): void {
    const features = field.oneof === undefined ? outer : withOptions(outer, field.oneof.options);
    judge(field.name, "field", lower, features, field.options);
  }

  /** Since edition 2026: names that accessors of other members would have in some language. */
  function judgeMember(
    { name, options }: FieldNode | OneofNode,
    outer: Features,
    members: ReadonlySet<string>,
  ): void {
    const style =
      withOptions(outer, options).enforce_naming_style ?? (file.edition === "2026" ? "STYLE2026" : "");
    if (style !== "STYLE2026") return;
    const other = name.text.replace(/^(?:has|get|set|clear)_/, "");
    const short = name.text.replace(/_value$/, "");
    const clash = [other, short].find((one) => one !== name.text && members.has(one));
    if (clash === undefined && name.text !== "descriptor") return;
    const why = clash === undefined ? "a method of generated code" : `an accessor of "${clash}"`;
    report(
      name.at,
      `"${name.text}" is also ${why} in some languages; rename it, or set features.enforce_naming_style = STYLE2024.`,
    );
  }

  function visitEnum(node: EnumNode, outer: Features): void {
    const inner = withOptions(outer, node.options);
    judge(node.name, "enum", title, outer, node.options);
    for (const { name, options } of node.values) judge(name, "enum value", upper, inner, options);
  }

  function judge(
    { text, at }: NameNode,
    what: string,
    { called, pattern }: Style,
    outer: Features,
    options: readonly OptionNode[],
  ): void {
    if (pattern.test(text) || withOptions(outer, options).enforce_naming_style === "STYLE_LEGACY") return;
    report(
      at,
      `The ${what} "${text}" should be ${called} in this edition; rename it, or set features.enforce_naming_style = STYLE_LEGACY.`,
    );
  }
}
