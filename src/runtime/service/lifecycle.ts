import { messageOf } from "../errors/index.ts";
import {
  describeRegistry,
  type Endpoint,
  isLoopbackHost,
  isWildcardHost,
  keepRegistered,
  parseAddress,
  type Registration,
  type Service as ServiceRecord,
  sleep,
  toNodeAddress,
} from "../registry/index.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { describeUses } from "./describe-uses.ts";
import type { Parts } from "./parts.ts";

/** What answers calls or requests: the part in which kinds of services differ. */
export interface Serving {
  /** Listens; resolves to the bound `host:port`, or what stands for it where nothing is bound. */
  start(): Promise<string>;
  /** Says goodbye to those who will not hear it from the service's own registration; still works for whoever comes. */
  leave?(): Promise<void>;
  /** Lets running calls finish within `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Read once, before `start`. Rejects when something it needs is missing. */
  describe(): Promise<{
    readonly endpoints: readonly Endpoint[];
    readonly metadata: Readonly<Record<string, string>>;
  }>;
}

export interface LifecycleOptions {
  readonly drainDelayMs?: number | undefined;
  readonly graceMs?: number | undefined;
  /** Called when the service has decided to stop, before anything else. */
  readonly onStopping?: (() => void) | undefined;
}

export interface Lifecycle {
  /** What others are told; undefined before `start` and when it failed. */
  readonly address: string | undefined;
  /** What is bound. */
  readonly bound: string | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const GRACE_MS = 25_000;
export const DRAIN_DELAY_MS = 2_000;
export const LOOPBACK_DRAIN_DELAY_MS = 200;

/** Starting and stopping in the right order, once, also when the one comes in the middle of the other. */
export function createLifecycle(parts: Parts, serving: Serving, options: LifecycleOptions): Lifecycle {
  const { settings, registry, broker, logger } = parts;
  let bound: string | undefined;
  let address: string | undefined;
  let serves = false;
  let registration: Registration | undefined;
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function start(): Promise<void> {
    if (parts.problems.length > 0) throw new ConfigurationError(parts.problems);
    const description = await serving.describe();
    await broker.connect();
    serves = true;
    bound = await serving.start();
    const node = {
      id: parts.id,
      address: nodeAddress(bound, settings.advertise),
      metadata: { ...settings.metadata, ...description.metadata },
    };
    // Clients may be made later: the next renewal tells of them.
    const uses = () => describeUses(settings.registerUses ? parts.client.uses : undefined);
    const record = (): ServiceRecord => ({
      name: settings.name,
      version: settings.version,
      metadata: {},
      endpoints: [...description.endpoints],
      nodes: [{ ...node, metadata: { ...node.metadata, uses: uses() } }],
    });
    registration = await keepRegistered({
      registry,
      record,
      ttlMs: settings.registerTtlMs,
      intervalMs: settings.registerIntervalMs,
      onNotice: (line) => logger.warn(line),
      clock: parts.clock,
      random: parts.random,
    });
    address = node.address;
  }

  const warn = (error: unknown) => logger.warn(`${settings.name}: while leaving: ${messageOf(error)}`);

  async function stop(): Promise<void> {
    // A start under way is let through: half a service cannot be taken down in order.
    await started?.catch(() => {});
    options.onStopping?.();
    if (registration !== undefined) {
      await Promise.all([registration.end(), serving.leave?.().catch(warn)]);
      await sleep(parts.clock, options.drainDelayMs ?? drainDelayMs(bound));
    }
    if (serves) await serving.stop(options.graceMs ?? GRACE_MS);
    await parts.close();
    address = undefined;
  }

  return {
    get address() {
      return address;
    },
    get bound() {
      return bound;
    },
    start() {
      started ??= stopped === undefined ? start() : Promise.reject(new Error(`${settings.name} was stopped`));
      const failed = started.catch(async (error: unknown) => {
        await this.stop();
        throw error;
      });
      return failed;
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The line that says where a service is. */
export function describeStart(parts: Parts, lifecycle: Lifecycle): string {
  const { settings, registry } = parts;
  const { bound = "", address = "" } = lifecycle;
  const place = isWildcardHost(hostOf(bound) ?? bound)
    ? ` on all interfaces, advertised as ${address}`
    : ` on ${address}${settings.address === undefined && registry.loopbackOnly ? `, which ${registry.name} is limited to` : ""}`;
  return `${settings.name} ${settings.version} listens${place}, registered in ${describeRegistry(registry)}`;
}

/** One line per problem of a failed start. */
export function describeFailure(name: string, error: unknown): string[] {
  const lines = error instanceof ConfigurationError ? error.problems : [messageOf(error)];
  return lines.map((line) => `${name}: ${line}`);
}

function nodeAddress(bound: string, advertise: string | undefined): string {
  return hostOf(bound) === undefined ? bound : toNodeAddress(bound, advertise);
}

/** Callers need a moment to hear that we left; on one machine it is short. */
function drainDelayMs(bound: string | undefined): number {
  return isLoopbackHost(hostOf(bound ?? "") ?? "") ? LOOPBACK_DRAIN_DELAY_MS : DRAIN_DELAY_MS;
}

function hostOf(address: string): string | undefined {
  try {
    return parseAddress(address).host;
  } catch {
    return undefined; // `memory:1`, `direct:...`: no address of a network
  }
}
