import type { StartHandler } from "../project/index.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * The first handler of a service that is new in the schema, as `create-micro-service` writes it. Only where code lies as
 * it is laid out there.
 */
export function handlerStarter(schema: Schema, importExtension: "ts" | "js"): StartHandler {
  return async (fullName, { type, dir, out }) => {
    if (importExtension !== "ts" || out !== (dir === "." ? "src/gen" : `${dir}/src/gen`)) return undefined;
    const [{ projectServices }, { starterHandler }, { forwardingHandler }] = await Promise.all([
      import("../scaffold/project-services.ts"),
      import("../scaffold/handler-code.ts"),
      import("../scaffold/forwarder-code.ts"),
    ]);
    const service = projectServices(schema, () => true).find(({ def }) => def.fullName === fullName);
    if (service === undefined) return undefined;
    const { className, fileName } = service;
    const path = `src/handler/${fileName}.ts`;
    const isApi = type === "api";
    return {
      path,
      content: isApi ? forwardingHandler(schema, service) : starterHandler(schema, service),
      className,
    };
  };
}
