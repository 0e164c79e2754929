import type { Schema } from "../schema/schema.ts";
import { type CodeFile, createCodeFile } from "./generated-code.ts";
import type { ProjectService } from "./project-services.ts";

/** Text of `src/main.ts` of an SRV: it serves the handlers themselves. */
export function srvMain(schema: Schema, services: readonly ProjectService[], name: string): string {
  return mainCode(schema, services, name, (_file, _service, handler) => `new ${handler}()`);
}

/** Text of `src/main.ts` of an API: its handlers get a client of the SRV they forward to. */
export function apiMain(
  schema: Schema,
  services: readonly ProjectService[],
  name: string,
  backend: string,
): string {
  return mainCode(
    schema,
    services,
    name,
    (file, { def }, handler) =>
      `new ${handler}(${file.createClient(def)}(service.client, ${JSON.stringify(backend)}))`,
  );
}

function mainCode(
  schema: Schema,
  services: readonly ProjectService[],
  name: string,
  instance: (file: CodeFile, service: ProjectService, handler: string) => string,
): string {
  const file = createCodeFile(schema, "src/main.ts", ["service"]);
  const create = file.value("@micro-service/runtime", "createService");
  const registrations = services.map((service) => {
    const handler = file.value(`/src/handler/${service.fileName}`, service.className);
    return `${file.registerHandler(service.def)}(service.server, ${instance(file, service, handler)});\n`;
  });
  return file.print(`const service = await ${create}({
  name: ${JSON.stringify(name)},
  schema: new URL("../src/gen/schema.binpb", import.meta.url), // the same from src/ and from dist/
});
${registrations.join("")}
// Listens, registers and serves; on SIGTERM finishes what runs and exits with 0.
await service.run();
`);
}
