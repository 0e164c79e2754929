import { randomUUID } from "node:crypto";
import { type Broker, createMemoryBroker } from "../broker/index.ts";
import { type Client, createClient } from "../client/index.ts";
import { messageOf } from "../errors/index.ts";
import { createRecentRecords, type Log, type RecentRecords } from "../log/index.ts";
import type { Channel, Dispatcher } from "../protocol/index.ts";
import { type Clock, createMemoryRegistry, type Registry, systemClock } from "../registry/index.ts";
import { createSelector } from "../selector/index.ts";
import type { Transport } from "../transport/index.ts";
import { callsOf } from "./calls.ts";
import { clientWireOf } from "./client-wire.ts";
import { DEFAULTS, type Kind, unknownName } from "./defaults.ts";
import type { Question } from "./help.ts";
import { logOf } from "./logger.ts";
import { createObservers, type Observers } from "./observers.ts";
import { readSettings } from "./read-settings.ts";
import type { AnyServiceOptions } from "./service.ts";
import type { Settings } from "./settings.ts";
import { tlsOf } from "./tls-settings.ts";

/** What every kind of service is made of. */
export interface Parts {
  readonly settings: Settings;
  /** Node id. */
  readonly id: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Log;
  /** The last lines of the log. */
  readonly recent: RecentRecords;
  readonly registry: Registry;
  readonly broker: Broker;
  readonly transport: Transport;
  readonly client: Client;
  readonly observers: Observers;
  /** Everything wrong with the options; a service that has problems does not start. */
  readonly problems: string[];
  /** What the command line asks instead of a start; `run` answers it. */
  readonly question: Question | undefined;
  /** Where to listen: what the settings say, else any free port, of loopback when the registry is heard there only. */
  readonly address: string;
  /** Closes what was made here, not what was given. */
  close(): Promise<void>;
}

/** How a service takes part in its process: how calls find others without a wire, by whose time and chance. */
export interface Surroundings {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Values in [0, 1). Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  readonly localService?: ((service: string) => Dispatcher | undefined) | undefined;
  readonly localNode?: ((address: string) => Channel | undefined) | undefined;
}

/** Reads the settings and makes the parts; opens nothing. Wrong options are collected in `problems`, not thrown. */
export async function createParts(options: AnyServiceOptions, local: Surroundings = {}): Promise<Parts> {
  const { settings, problems: settingProblems, question } = readSettings(options);
  const problems = [...settingProblems];
  const { clock = systemClock, random = Math.random } = local;
  const id = settings.id ?? `${settings.name}-${randomUUID()}`;
  const observers = await createObservers(settings, clock);
  const recent = createRecentRecords();
  const { findTrace } = observers;
  const { log: logger, problems: logProblems } = logOf(options, settings, { id, recent, findTrace, clock });
  problems.push(...logProblems);
  const { policy, maxInFlightPerNode, problems: policyProblems } = callsOf(options, settings);
  problems.push(...policyProblems);
  const { httpVersion, compression, problems: wireProblems } = clientWireOf(settings);
  problems.push(...wireProblems);
  const closers: (() => Promise<void>)[] = [];

  /** The entry of a name. For an unknown one the default's, with the problem noted: the start will fail, not this. */
  function pick<K extends Kind>(kind: K): (typeof DEFAULTS)[K][string] {
    const table = DEFAULTS[kind] as Readonly<Record<string, (typeof DEFAULTS)[K][string]>>;
    const name = settings[kind];
    if (name !== undefined && Object.hasOwn(table, name)) return table[name] as (typeof DEFAULTS)[K][string];
    if (name !== undefined) problems.push(unknownName(kind, name));
    return Object.values(table)[0] as (typeof DEFAULTS)[K][string];
  }
  /** What the code gave, unless environment or flag name another. */
  function given<T extends object>(kind: Kind, option: T | string | undefined): T | undefined {
    return typeof option === "object" && settings[kind] === undefined ? option : undefined;
  }
  function owned<T extends { close(): Promise<void> }>(made: T): T {
    closers.unshift(() => made.close());
    return made;
  }

  /** Constructors refuse addresses they cannot understand. */
  async function made<T>(kind: Kind, make: () => Promise<T>, fallback: () => T): Promise<T> {
    try {
      return await make();
    } catch (error) {
      problems.push(`${kind}: ${messageOf(error)}`);
      return fallback();
    }
  }

  const env = options.env ?? process.env;
  const registryInit = { address: settings.registryAddress, env, logger };
  const registry =
    given("registry", options.registry) ??
    owned(await made("registry", () => pick("registry")(registryInit), createMemoryRegistry));
  const secured = tlsOf(settings);
  const brokerInit = {
    ...secured,
    address: settings.brokerAddress,
    advertiseHost: settings.advertise?.replace(/:\d+$/, ""),
    env,
    registry,
    logger,
  };
  const broker =
    given("broker", options.broker) ??
    (await made("broker", () => pick("broker")(brokerInit), createMemoryBroker));
  const transport =
    given("transport", options.transport) ?? (await pick("transport")({ ...secured, logger }));
  const selector =
    given("selector", options.selector) ??
    owned(createSelector({ registry, strategy: pick("selector"), maxInFlightPerNode, clock, random }));
  const client =
    given("client", options.client) ??
    owned(
      createClient({
        ...policy,
        name: settings.name,
        selector,
        transport,
        broker,
        interceptors: [...observers.clientInterceptors, ...(options.clientInterceptors ?? [])],
        publishInterceptors: observers.publishInterceptors,
        protocol: pick("client"),
        poolSize: settings.poolSize,
        poolTtlMs: settings.poolTtlMs,
        httpVersion,
        compression,
        maxMessageBytes: options.maxMessageBytes,
        types: options.types,
        localService: local.localService,
        localNode: local.localNode,
        clock,
        random,
      }),
    );
  // Closed first: its running handlers may still call and publish.
  if (given("broker", options.broker) === undefined) owned(broker);

  return {
    settings,
    id,
    clock,
    random,
    logger,
    recent,
    registry,
    broker,
    transport,
    client,
    observers,
    problems,
    question,
    address: settings.address ?? (registry.loopbackOnly === true ? "127.0.0.1:0" : ":0"),
    async close() {
      for (const close of closers.splice(0)) {
        await close().catch((error: unknown) => logger.warn(`while closing: ${String(error)}`));
      }
    },
  };
}
