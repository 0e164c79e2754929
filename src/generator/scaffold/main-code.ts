import { createImports } from "./imports.ts";
import { modulePath, relativeModule } from "./module-path.ts";
import type { ProjectService } from "./project-services.ts";

const FILE = "src/main.ts";

/** What the templates of `src/main.ts` leave to code. */
export interface MainCode {
  /** Import lines. */
  readonly imports: string;
  /** One line per service. */
  readonly registrations: string;
}

/** An SRV serves the handlers themselves. */
export function srvMain(services: readonly ProjectService[]): MainCode {
  return mainCode(services, (_service, handler) => `new ${handler}()`);
}

/** The handlers of an API get a client of the SRV they forward to. */
export function apiMain(services: readonly ProjectService[], backend: string): MainCode {
  return mainCode(services, ({ symbols }, handler, imports) => {
    const create = imports.value(modulePath(FILE, symbols.createClient), symbols.createClient.name);
    return `new ${handler}(${create}(service.client, ${JSON.stringify(backend)}))`;
  });
}

function mainCode(
  services: readonly ProjectService[],
  instance: (service: ProjectService, handler: string, imports: ReturnType<typeof createImports>) => string,
): MainCode {
  const imports = createImports(["service"]);
  imports.value("@micro-service/runtime", "createService");
  const registrations = services.map((service) => {
    const { registerHandler } = service.symbols;
    const register = imports.value(modulePath(FILE, registerHandler), registerHandler.name);
    const module = relativeModule(FILE, `src/handler/${service.fileName}.ts`);
    const handler = imports.value(module, service.className);
    return `${register}(service.server, ${instance(service, handler, imports)});`;
  });
  return { imports: imports.print(), registrations: registrations.join("\n") };
}
