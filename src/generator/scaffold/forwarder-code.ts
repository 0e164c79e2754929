import type { Schema } from "../schema/schema.ts";
import { createCodeFile, docText } from "./generated-code.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Text of `src/handler/<service>.ts` of an API project: every rpc goes on to SRV's client. */
export function forwardingHandler(
  schema: Schema,
  { def, className, fileName, methods }: ProjectService,
): string {
  const file = createCodeFile(schema, `src/handler/${fileName}.ts`, [className]);
  const client = file.client(def);
  // A private field that nobody reads is a compile error, and a service without methods reads nothing.
  const srv = methods.length === 0 ? "srv" : "#srv";
  const codes = methods.map(
    (method) =>
      docText(method.def.comment, method.def.deprecated, "  ") +
      forward(method, file.message(method.def.input), file.message(method.def.output)),
  );
  const comment =
    `${def.comment ?? `Serves ${def.fullName}.`}\n\n` +
    "Forwards to SRV. Deadline, metadata and cancelling of the call go along by themselves.";
  return file.print(`${docText(comment, false)}export class ${className} implements ${file.handler(def)} {
  readonly ${srv}: ${client};

  constructor(srv: ${client}) {
    this.${srv} = srv;
  }
${codes.map((method) => `\n${method}`).join("")}}
`);
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
