import type { Diagnostic } from "./diagnostic.ts";
import { knownEditions } from "./editions.ts";
import { positionAt } from "./position.ts";
import { escapeUnprintable, hasUnprintable, quoted } from "./quoted.ts";
import type {
  EnumNode,
  ExtendNode,
  FieldNode,
  FileNode,
  MessageNode,
  NameNode,
  OptionNode,
  ServiceNode,
} from "./syntax.ts";

const syntaxes: readonly string[] = ["proto2", "proto3", ...knownEditions];
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const dotted = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const reference = /^\.?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Everything in a file that is called what nothing can be called in a .proto. The parser of texts lets no such name
 * through; a descriptor may hold any bytes, and names become code, comments and paths.
 */
export function checkNames(file: FileNode): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  // Nothing else may print the path before it is known to be harmless.
  const place = { ...file, path: escapeUnprintable(file.path) };
  const report = (at: number, what: string, text: string, fix: string) => {
    const message = `${what} is called ${quoted(text)}; ${fix}.`;
    diagnostics.push({ position: positionAt(place, at), rule: "name", message });
  };
  const name = (what: string, { text, at }: NameNode) => {
    if (!identifier.test(text))
      report(at, what, text, "names are letters, digits and _, and begin with no digit");
  };
  const type = (what: string, { text, at }: NameNode) => {
    if (!reference.test(text)) report(at, what, text, "types are names with dots between");
  };
  const path = (what: string, text: string, at: number) => {
    if (hasUnprintable(text)) report(at, what, text, "paths hold no control characters and no line ends");
  };

  path("The file", file.path, 0);
  if (!syntaxes.includes(file.edition))
    report(
      file.editionAt,
      "The syntax",
      file.edition,
      `of those known here, ${syntaxes.join(", ")}, it is none`,
    );
  if (file.package !== undefined && !dotted.test(file.package.text))
    report(file.package.at, "The package", file.package.text, "packages are names with dots between");
  for (const { path: text, at } of file.imports) path("An import", text, at);
  inTypes(file);
  for (const service of file.services) inService(service);
  return diagnostics;

  function inTypes({
    messages,
    enums,
    extends: extensions,
  }: Pick<FileNode, "messages" | "enums" | "extends">) {
    for (const message of messages) inMessage(message);
    for (const one of enums) inEnum(one);
    for (const extension of extensions) inExtend(extension);
  }

  function inMessage(message: MessageNode): void {
    name("A message", message.name);
    for (const field of message.fields) inField("A field", field);
    for (const oneof of message.oneofs) name("A oneof", oneof.name);
    for (const reserved of message.reservedNames) name("A reserved field", reserved);
    inTypes(message);
  }

  function inField(what: string, field: FieldNode): void {
    name(what, field.name);
    type(`The type of ${what.toLowerCase()}`, field.type);
    if (field.mapKey !== undefined) type("The key of a map", field.mapKey);
    for (const option of field.options) inOption(option);
  }

  /** Defaults of enums and bools are names; what is no number where one belongs comes as a name, too. */
  function inOption({ value, at }: OptionNode): void {
    if (value.kind === "name") name("The default value of a field", { text: value.name, at });
  }

  function inEnum(declared: EnumNode): void {
    name("An enum", declared.name);
    for (const value of declared.values) name("An enum value", value.name);
    for (const reserved of declared.reservedNames) name("A reserved enum value", reserved);
  }

  function inExtend({ extendee, fields }: ExtendNode): void {
    type("What is extended", extendee);
    for (const field of fields) inField("An extension", field);
  }

  function inService(service: ServiceNode): void {
    name("A service", service.name);
    for (const method of service.methods) {
      name("An rpc", method.name);
      type("The request of an rpc", method.input);
      type("The response of an rpc", method.output);
    }
  }
}
