import type { Service, ServiceOptions } from "./service.ts";

/**
 * Puts a service together. Nothing is opened yet: register handlers on `service.server`, then `run()` or `start()`.
 * Bad options do not throw here; `start` and `run` report them, all at once.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  throw new Error(`not yet: ${options.name}`);
}
