import type { Schema } from "../schema/schema.ts";
import { copyFields } from "./copy-fields.ts";
import { docComment } from "./doc-comment.ts";
import { createImports } from "./imports.ts";
import { messageImporter, modulePath } from "./module-path.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Text of `src/handler/<service>.ts` of an SRV project: a starter that compiles and answers for any proto. */
export function starterHandler(schema: Schema, service: ProjectService): string {
  const file = `src/handler/${service.fileName}.ts`;
  const imports = createImports([service.className]);
  const handler = imports.type(modulePath(file, service.symbols.handler), service.symbols.handler.name);
  const messageType = messageImporter(schema, file, imports);
  const init = service.methods.length > 0 ? imports.type("@micro-service/runtime", "MessageInit") : "";
  const methods = service.methods.map(
    (method) =>
      docComment(method.def.comment, "  ") +
      starterMethod(method, messageType(method.def.input), `${init}<${messageType(method.def.output)}>`),
  );
  const comment =
    `${service.def.comment ?? `Implements ${service.def.fullName}.`}\n\n` +
    "A starter: each method copies the fields that request and response share, and a stream\n" +
    "answers with one such message. Put your own code in its place.";
  return `${imports.print()}\n${docComment(comment)}export class ${service.className} implements ${handler} {\n${methods.join("\n")}}\n`;
}

function starterMethod({ def, property, answer }: ProjectMethod, input: string, output: string): string {
  const copies = answer.copied.length > 0;
  // A parameter that is not used yet keeps its place, marked as such.
  const request = copies ? "request" : "_request";
  switch (def.kind) {
    case "unary":
      return `  ${property}(${request}: ${input}): ${output} {
    return ${copyFields(answer, "request.", "    ")};
  }
`;
    case "serverStream":
      return `  async *${property}(${request}: ${input}): AsyncIterable<${output}> {
    yield ${copyFields(answer, "request.", "    ")};
  }
`;
    case "bidiStream":
      return `  async *${property}(requests: AsyncIterable<${input}>): AsyncIterable<${output}> {
    for await (const ${request} of requests) {
      yield ${copyFields(answer, "request.", "      ")};
    }
  }
`;
    case "clientStream":
      return copies
        ? `  async ${property}(requests: AsyncIterable<${input}>): Promise<${output}> {
    let last: ${input} | undefined;
    for await (const request of requests) last = request;
    return ${copyFields(answer, "last?.", "    ")};
  }
`
        : `  async ${property}(requests: AsyncIterable<${input}>): Promise<${output}> {
    for await (const _request of requests) {
      // Each request passes here.
    }
    return {};
  }
`;
  }
}
