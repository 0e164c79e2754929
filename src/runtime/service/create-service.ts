import {
  createCallStats,
  createLevelSwitch,
  createReadiness,
  handleDebug,
  handleHealth,
  handleReflection,
} from "../debug/index.ts";
import { createServer } from "../server/index.ts";
import { DEFAULTS, unknownName } from "./defaults.ts";
import { endpointsOf } from "./endpoints.ts";
import { unknownServiceOptions } from "./known-options.ts";
import { createLifecycle, type Serving } from "./lifecycle.ts";
import { createParts, type Surroundings } from "./parts.ts";
import { runUntilSignal } from "./run.ts";
import { readSchema } from "./schema.ts";
import type { Service, ServiceOptions } from "./service.ts";

/**
 * Puts a service together. Nothing is opened yet: register handlers on `service.server`, then `run()` or `start()`.
 * Bad options do not throw here; `start` and `run` report them, all at once.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  return assembleService(options);
}

/** What go-micro's own server of a protocol registers; the port speaks the others all the same. */
const OWN_WIRE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  grpc: { protocol: "grpc", server: "grpc", transport: "grpc" },
  mucp: { protocol: "mucp", server: "mucp", transport: "http" },
};
const PROTOCOLS = "grpc,connect,grpc-web,json,mucp";
const IN_PROCESS = { protocol: "direct", protocols: "direct", server: "direct", transport: "direct" };

/** How a service takes part in a network inside the process, where nothing listens. */
export interface InProcess extends Surroundings {
  /** What the node registers as its address. */
  readonly address: string;
}

/** {@link createService}; with `inProcess` it listens nowhere and is called by whoever resolves its address. */
export async function assembleService(options: ServiceOptions, inProcess?: InProcess): Promise<Service> {
  const readiness = createReadiness();
  let schema: Uint8Array | undefined;
  const stats = createCallStats();
  const parts = await createParts(options, {
    // A service that calls itself needs no wire.
    localService: (name) => (name === parts.settings.name ? server.dispatcher : undefined),
    ...inProcess,
  });
  const { settings, logger, observers } = parts;
  parts.problems.push(...unknownServiceOptions(options));
  if (settings.server !== undefined && !Object.hasOwn(DEFAULTS.server, settings.server))
    parts.problems.push(unknownName("server", settings.server));
  const ownWire = DEFAULTS.server[settings.server ?? "grpc"] ?? "grpc";
  const { address } = parts;
  const server =
    typeof options.server === "object"
      ? options.server
      : createServer({
          name: settings.name,
          ...(inProcess === undefined ? { address, transport: parts.transport } : {}),
          broker: parts.broker,
          interceptors: [
            ...observers.serverInterceptors,
            stats.interceptor,
            ...(options.serverInterceptors ?? []),
          ],
          maxMessageBytes: options.maxMessageBytes,
          types: options.types,
          cors: options.cors,
          requestArrivalTimeoutMs: options.requestArrivalTimeoutMs,
          stallTimeoutMs: options.stallTimeoutMs,
          maxConcurrentCalls: options.maxConcurrentCalls,
          maxHandlerMs: options.maxHandlerMs,
          abandonedHandlerMs: options.abandonedHandlerMs,
          clock: parts.clock,
          pages: observers.pages,
          isReady: () => readiness.phase === "serving",
          logger,
        });

  const { name } = settings;
  const level = createLevelSwitch(name, logger, parts.clock);
  const { spans } = observers;
  const inside = spans === undefined ? undefined : { records: parts.recent, spans, level };
  handleDebug(server, { name, stats, readiness, inside });
  if (settings.health) handleHealth(server, { name, readiness });
  if (settings.reflection) handleReflection(server, { name, readiness, schema: () => schema });

  const serving: Serving = {
    async describe() {
      const { shapeOf, bytes } = await readSchema(options.schema);
      schema = bytes;
      return {
        endpoints: endpointsOf(server, shapeOf),
        metadata: {
          broker: parts.broker.name,
          registry: parts.registry.name,
          ...(inProcess === undefined ? { ...OWN_WIRE[ownWire], protocols: PROTOCOLS } : IN_PROCESS),
          // go-micro's word, which its http broker reads.
          ...(settings.tls === undefined ? {} : { secure: "true" }),
        },
      };
    },
    async start() {
      stats.start();
      observers.metrics?.start();
      await server.start();
      return inProcess?.address ?? server.address ?? address;
    },
    leave: async () => server.leave?.(),
    async stop(graceMs) {
      // Streams that tell of health or schemas end now; others have their grace.
      readiness.enter("ended");
      await server.stop({ graceMs });
      stats.stop();
      level.end();
      observers.metrics?.stop();
    },
  };
  const lifecycle = createLifecycle(parts, serving, {
    drainDelayMs: options.drainDelayMs,
    graceMs: options.graceMs,
    onStopping: () => readiness.enter("stopping"),
  });

  return {
    name: settings.name,
    version: settings.version,
    id: parts.id,
    get address() {
      return lifecycle.address;
    },
    client: parts.client,
    log: parts.logger,
    server,
    registry: parts.registry,
    broker: parts.broker,
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    run: () => runUntilSignal(parts, lifecycle),
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
}
