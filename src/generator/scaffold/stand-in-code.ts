import type { Schema } from "../schema/schema.ts";
import { copyFields } from "./copy-fields.ts";
import type { Imports } from "./imports.ts";
import { messageImporter, modulePath } from "./module-path.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Code of `const srv: GreeterHandler = {...}` for a test: answers as the starter of SRV does. */
export function standIn(schema: Schema, file: string, imports: Imports, service: ProjectService): string {
  const { handler } = service.symbols;
  const type = imports.type(modulePath(file, handler), handler.name);
  const messageType = messageImporter(schema, file, imports);
  const methods = service.methods.map((method) => standInMethod(method, messageType));
  return `/** Stands in for SRV. */\nconst srv: ${type} = {\n${methods.join("")}};\n`;
}

function standInMethod(
  { def, property, answer }: ProjectMethod,
  messageType: (name: string) => string,
): string {
  const copies = answer.copied.length > 0;
  switch (def.kind) {
    case "unary":
      return `  ${property}: (${copies ? "request" : ""}) => (${copyFields(answer, "request.", "  ")}),\n`;
    case "serverStream":
      return `  async *${property}(${copies ? "request" : ""}) {
    yield ${copyFields(answer, "request.", "    ")};
  },
`;
    case "bidiStream":
      return `  async *${property}(requests) {
    for await (const ${copies ? "request" : "_request"} of requests) {
      yield ${copyFields(answer, "request.", "      ")};
    }
  },
`;
    case "clientStream":
      return copies
        ? `  async ${property}(requests) {
    let last: ${messageType(def.input)} | undefined;
    for await (const request of requests) last = request;
    return ${copyFields(answer, "last?.", "    ")};
  },
`
        : `  async ${property}() {
    return {};
  },
`;
  }
}
