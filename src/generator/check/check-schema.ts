import type { Diagnostic } from "../schema/diagnostic.ts";
import type { Features } from "../schema/features.ts";
import { fieldTraits, fileFeatures, withOptions } from "../schema/features.ts";
import type { Linked } from "../schema/linked.ts";
import { join } from "../schema/symbols.ts";
import type {
  EnumNode,
  ExtendNode,
  FieldNode,
  FileNode,
  MessageNode,
  ServiceNode,
} from "../schema/syntax.ts";
import { enumRules } from "./enum-rules.ts";
import { extensionRules } from "./extension-rules.ts";
import { featureSupportRules } from "./feature-support-rules.ts";
import { fieldRules } from "./field-rules.ts";
import { fileRules } from "./file-rules.ts";
import { methodRules, serviceRules } from "./http-rules.ts";
import { messageRules } from "./message-rules.ts";
import { nameRules } from "./name-rules.ts";
import type { FileTarget, Report, Rules } from "./rule.ts";

/**
 * Applies all rules to all files that are not bundled. `broken`: files of which only a part could be read. Syntax,
 * unknown names and options are told before, by the rooms that look them up.
 */
export function checkSchema(linked: Linked, broken: ReadonlySet<FileNode>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const file of linked.files) {
    if (file.origin !== "bundled") checkFile({ linked, file, isBroken: broken.has(file) });
  }
  for (const [rule, check] of Object.entries(extensionRules)) {
    check(linked, (file, at, message) =>
      diagnostics.push({ position: linked.position(file, at), rule, message }),
    );
  }
  return diagnostics;

  function apply<Target extends FileTarget>(rules: Rules<Target>, target: Target): void {
    // Not Object.entries, and not a function per rule: this runs for every declaration.
    let rule = "";
    const report: Report = (at, message, severity) => {
      // What an imported file might do better is its owner's to hear.
      if (severity !== undefined && target.file.origin !== "asked") return;
      const position = linked.position(target.file, at);
      diagnostics.push({ position, rule, message, ...(severity !== undefined && { severity }) });
    };
    for (rule in rules) rules[rule]!(target, report);
  }

  function checkFile(target: FileTarget): void {
    const { file } = target;
    const features = fileFeatures(file);
    apply(fileRules, target);
    apply(nameRules, target);
    apply(featureSupportRules, target);
    for (const node of file.messages) checkMessage(target, node, file.package?.text ?? "", features);
    for (const node of file.enums) checkEnum(target, node, features);
    checkExtends(target, file.extends, features);
    for (const node of file.services) checkService(target, node);
  }

  function checkService(target: FileTarget, node: ServiceNode): void {
    const fullName = join(target.file.package?.text ?? "", node.name.text);
    const { file, isBroken } = target;
    apply(serviceRules, { linked, file, isBroken, node, fullName });
    for (const method of node.methods) {
      const name = join(fullName, method.name.text);
      apply(methodRules, { linked, file, isBroken, node: method, fullName: name });
    }
  }

  function checkMessage(target: FileTarget, node: MessageNode, scope: string, outer: Features): void {
    const features = withOptions(outer, node.options);
    const fullName = join(scope, node.name.text);
    const { file, isBroken } = target;
    apply(messageRules, { linked, file, isBroken, node, fullName, features });
    for (const field of node.fields) {
      const around = field.oneof === undefined ? features : withOptions(features, field.oneof.options);
      checkField(target, field, around, false);
    }
    for (const child of node.messages) checkMessage(target, child, fullName, features);
    for (const child of node.enums) checkEnum(target, child, features);
    checkExtends(target, node.extends, features);
  }

  function checkExtends(target: FileTarget, nodes: readonly ExtendNode[], features: Features): void {
    for (const { fields } of nodes) for (const field of fields) checkField(target, field, features, true);
  }

  function checkField(target: FileTarget, node: FieldNode, outer: Features, isExtension: boolean): void {
    const traits = fieldTraits(linked, node, outer, isExtension);
    // Not spread: there are more fields than of anything else, and V8 copies the properties one by one.
    const { file, isBroken } = target;
    apply(fieldRules, { linked, file, isBroken, node, traits, isExtension });
  }

  function checkEnum(target: FileTarget, node: EnumNode, outer: Features): void {
    const { file, isBroken } = target;
    apply(enumRules, { linked, file, isBroken, node, features: withOptions(outer, node.options) });
  }
}
