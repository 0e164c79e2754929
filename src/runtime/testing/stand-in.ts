import { notImplemented } from "../errors/index.ts";
import type { AnyMethod, ServiceType } from "../protobuf/index.ts";
import type { Handler } from "../server/index.ts";

/**
 * A handler for tests that stands in for a service: it answers the methods given, and every other one with 501. A
 * method that the schema gains later breaks no test.
 *
 * ```ts
 * const srv = standIn(Greeter, { hello: ({ name }) => ({ msg: `Hello ${name}` }) });
 * ```
 */
export function standIn<Methods extends Readonly<Record<keyof Methods, AnyMethod>>>(
  service: ServiceType<Methods>,
  handler: Partial<Handler<Methods>>,
): Handler<Methods> {
  const missing = Object.keys(service.methods).map((method) => [
    method,
    () => {
      throw notImplemented(service.typeName, `the stand-in of ${service.typeName} has no ${method}`);
    },
  ]);
  return { ...(Object.fromEntries(missing) as Handler<Methods>), ...handler };
}
