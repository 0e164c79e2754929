import { copyFields } from "./copy-fields.ts";
import type { CodeFile } from "./generated-code.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";

/** Code of `const srv = standIn(Greeter, {...})` for a test: answers as the starter of SRV does. */
export function standIn(file: CodeFile, { def, methods }: ProjectService): string {
  const codes = methods.map((method) => standInMethod(method, file));
  const create = file.value("@micro-service/runtime/testing", "standIn");
  return `/** Stands in for SRV. */\nconst srv = ${create}(${file.service(def)}, {\n${codes.join("")}});\n`;
}

function standInMethod({ def, property, answer }: ProjectMethod, file: CodeFile): string {
  const copies = answer.copied.length > 0;
  switch (def.kind) {
    case "unary":
      return `  ${property}: (${copies ? "request" : ""}) => (${copyFields(answer, "request", "  ")}),\n`;
    case "serverStream":
      return `  async *${property}(${copies ? "request" : ""}) {
    yield ${copyFields(answer, "request", "    ")};
  },
`;
    case "bidiStream":
      return `  async *${property}(requests) {
    for await (const ${copies ? "request" : "_request"} of requests) {
      yield ${copyFields(answer, "request", "      ")};
    }
  },
`;
    case "clientStream":
      return copies
        ? `  async ${property}(requests) {
    let last: ${file.message(def.input)} | undefined;
    for await (const request of requests) last = request;
    return ${copyFields(answer, "last?", "    ")};
  },
`
        : `  async ${property}(requests) {
    for await (const _request of requests) {
      // Each request passes here.
    }
    return {};
  },
`;
  }
}
