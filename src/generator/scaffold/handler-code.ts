import type { Schema } from "../schema/schema.ts";
import { copyFields } from "./copy-fields.ts";
import { createCodeFile, docText } from "./generated-code.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Text of `src/handler/<service>.ts` of an SRV project: a starter that compiles and answers for any proto. */
export function starterHandler(
  schema: Schema,
  { def, className, fileName, methods }: ProjectService,
): string {
  const file = createCodeFile(schema, `src/handler/${fileName}.ts`, [className]);
  const codes = methods.map((method) => {
    const output = `${file.type("@micro-service/runtime", "MessageInit")}<${file.message(method.def.output)}>`;
    return (
      docText(method.def.comment, method.def.deprecated, "  ") +
      starterMethod(method, file.message(method.def.input), output)
    );
  });
  const comment =
    `${def.comment ?? `Implements ${def.fullName}.`}\n\n` +
    "A starter: each method copies what request and response share, and a stream\n" +
    "answers with one such message. Put your own code in its place.";
  return file.print(
    `${docText(comment, false)}export class ${className} implements ${file.handler(def)} {\n${codes.join("\n")}}\n`,
  );
}

function starterMethod({ def, property, answer }: ProjectMethod, input: string, output: string): string {
  const copies = answer.copied.length > 0;
  // A parameter that is not used yet keeps its place, marked as such.
  const request = copies ? "request" : "_request";
  switch (def.kind) {
    case "unary":
      return `  ${property}(${request}: ${input}): ${output} {
    return ${copyFields(answer, "request", "    ")};
  }
`;
    case "serverStream":
      return `  async *${property}(${request}: ${input}): AsyncIterable<${output}> {
    yield ${copyFields(answer, "request", "    ")};
  }
`;
    case "bidiStream":
      return `  async *${property}(requests: AsyncIterable<${input}>): AsyncIterable<${output}> {
    for await (const ${request} of requests) {
      yield ${copyFields(answer, "request", "      ")};
    }
  }
`;
    case "clientStream":
      return copies
        ? `  async ${property}(requests: AsyncIterable<${input}>): Promise<${output}> {
    let last: ${input} | undefined;
    for await (const request of requests) last = request;
    return ${copyFields(answer, "last?", "    ")};
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
