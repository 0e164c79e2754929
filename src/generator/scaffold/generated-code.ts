import { docComment } from "../emit/doc-comment.ts";
import { createModuleFile, type ModuleFile } from "../emit/module-file.ts";
import { outputStem } from "../emit/output-path.ts";
import { createScope } from "../emit/scope.ts";
import { nameServices, type ServiceNames } from "../emit/service-file.ts";
import type { Schema, ServiceDef } from "../schema/schema.ts";

/** Where the generated code of a service lies, relative to the service's folder; the leading slash as in `emit`. */
const GEN = "/src/gen";

/** A file of starter code: hands out local names for what generated code exports, and prints the imports. */
export interface CodeFile extends Pick<ModuleFile, "type" | "value" | "global"> {
  /** Local name of a message's type. */
  message(fullName: string): string;
  /** Local name of a message's constant, which encodes and decodes. */
  messageValue(fullName: string): string;
  /** Local names of what the generated code of a service exports. */
  client(service: ServiceDef): string;
  handler(service: ServiceDef): string;
  /** The constant that holds names and methods. */
  service(service: ServiceDef): string;
  createClient(service: ServiceDef): string;
  registerHandler(service: ServiceDef): string;
  /** The whole text: `head` lines, imports, `body`. */
  print(body: string, head?: readonly string[]): string;
}

/** `path` is relative to the service's folder; `declared`: names the file declares itself. */
export function createCodeFile(schema: Schema, path: string, declared: readonly string[]): CodeFile {
  const scope = createScope(schema);
  const file = createModuleFile(path, declared, "ts", scope.orderOf);
  const serviceModule = (service: ServiceDef) => `${GEN}/${outputStem(service.file)}.service`;
  const serviceNames = schema.files.flatMap(nameServices);
  const namesOf = (service: ServiceDef) =>
    serviceNames.find((names) => names.service === service) as ServiceNames;
  const moduleOf = (fullName: string) => {
    const { typesModule } = scope.named(fullName);
    return typesModule.startsWith("/") ? `${GEN}${typesModule}` : typesModule;
  };
  return {
    type: file.type,
    value: file.value,
    global: file.global,
    message: (fullName) => file.type(moduleOf(fullName), scope.named(fullName).name),
    messageValue: (fullName) => file.value(moduleOf(fullName), scope.named(fullName).name),
    client: (service) => file.type(serviceModule(service), namesOf(service).client),
    handler: (service) => file.type(serviceModule(service), namesOf(service).handler),
    service: (service) => file.value(serviceModule(service), namesOf(service).constant),
    createClient: (service) => file.value(serviceModule(service), namesOf(service).create),
    registerHandler: (service) => file.value(serviceModule(service), namesOf(service).register),
    print: (body, head = []) => file.print(head, `${body.trimEnd()}\n`),
  };
}

/** A comment of the .proto as text, each line behind `indent`; empty for none. */
export function docText(comment: string | undefined, deprecated: boolean, indent = ""): string {
  return docComment(comment, deprecated, indent)
    .map((line) => `${line}\n`)
    .join("");
}
