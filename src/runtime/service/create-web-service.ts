import { stat } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { ConfigurationError } from "./configuration-error.ts";
import { unknownWebOptions } from "./known-options.ts";
import { createLifecycle, type Serving } from "./lifecycle.ts";
import { createParts, type Surroundings } from "./parts.ts";
import { runUntilSignal } from "./run.ts";
import { tlsOf } from "./tls-settings.ts";
import { createWebServer } from "./web-server.ts";
import type { WebService, WebServiceOptions } from "./web-service.ts";

/** Puts a web service together. Nothing is opened before `run()` or `start()`; bad options are reported by these. */
export async function createWebService(options: WebServiceOptions): Promise<WebService> {
  return assembleWebService(options);
}

/** {@link createWebService}, with calls that need no wire to find services of this process. */
export async function assembleWebService(
  options: WebServiceOptions,
  local: Surroundings = {},
): Promise<WebService> {
  const parts = await createParts(options, local);
  const { settings } = parts;
  const { tls } = tlsOf(settings);
  parts.problems.push(...unknownWebOptions(options));
  let handler: RequestListener | undefined = options.handler;
  const server = createWebServer({
    address: parts.address,
    handler: () => handler,
    staticDir: options.staticDir,
    onUpgrade: options.onUpgrade,
    requestArrivalTimeoutMs: options.requestArrivalTimeoutMs,
    tls,
    logger: parts.logger,
  });

  const serving: Serving = {
    async describe() {
      if (handler === undefined && options.staticDir === undefined) {
        throw new ConfigurationError([
          "nothing to serve: give a handler, call handle(), or name a staticDir",
        ]);
      }
      if (options.staticDir !== undefined && !(await isFolder(options.staticDir))) {
        throw new ConfigurationError([`staticDir ${String(options.staticDir)} is no folder`]);
      }
      return { endpoints: [], metadata: tls === undefined ? {} : { secure: "true" } };
    },
    start: () => server.start(),
    stop: (graceMs) => server.stop(graceMs),
  };
  const lifecycle = createLifecycle(parts, serving, options);

  return {
    name: settings.name,
    version: settings.version,
    id: parts.id,
    get address() {
      return lifecycle.address;
    },
    get url() {
      return server.url;
    },
    client: parts.client,
    log: parts.logger,
    registry: parts.registry,
    broker: parts.broker,
    handle(given) {
      handler = given;
    },
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    run: () => runUntilSignal(parts, lifecycle),
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
}

async function isFolder(path: URL | string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
