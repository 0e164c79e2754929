import type { Schema } from "../schema/schema.ts";
import { docComment } from "./doc-comment.ts";
import { createImports } from "./imports.ts";
import { messageImporter, modulePath } from "./module-path.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Text of `src/handler/<service>.ts` of an API project: every rpc goes on to SRV's client. */
export function forwardingHandler(schema: Schema, service: ProjectService): string {
  const file = `src/handler/${service.fileName}.ts`;
  const imports = createImports([service.className]);
  const { symbols } = service;
  const handler = imports.type(modulePath(file, symbols.handler), symbols.handler.name);
  const client = imports.type(modulePath(file, symbols.client), symbols.client.name);
  const messageType = messageImporter(schema, file, imports);
  const methods = service.methods.map(
    (method) =>
      docComment(method.def.comment, "  ") +
      forward(method, messageType(method.def.input), messageType(method.def.output)),
  );
  const comment =
    `${service.def.comment ?? `Serves ${service.def.fullName}.`}\n\n` +
    "Forwards to the SRV service. Deadline, metadata and cancelling of the call go along by themselves.";
  return `${imports.print()}
${docComment(comment)}export class ${service.className} implements ${handler} {
  readonly #srv: ${client};

  constructor(srv: ${client}) {
    this.#srv = srv;
  }
${methods.map((method) => `\n${method}`).join("")}}
`;
}

function forward({ def, property }: ProjectMethod, input: string, output: string): string {
  const many = (type: string) => `AsyncIterable<${type}>`;
  const one = (type: string) => `Promise<${type}>`;
  const [name, taken, given] = {
    unary: ["request", input, one(output)],
    serverStream: ["request", input, many(output)],
    clientStream: ["requests", many(input), one(output)],
    bidiStream: ["requests", many(input), many(output)],
  }[def.kind];
  return `  ${property}(${name}: ${taken}): ${given} {\n    return this.#srv.${property}(${name});\n  }\n`;
}
