import type { WebService, WebServiceOptions } from "./web-service.ts";

/** Puts a web service together. Nothing is opened before `run()` or `start()`. */
export async function createWebService(options: WebServiceOptions): Promise<WebService> {
  throw new Error(`not yet: ${options.name}`);
}
