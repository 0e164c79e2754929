import { unknownOption } from "../client/index.ts";
import type { AnyServiceOptions, CommonOptions, ServiceOptions } from "./service.ts";
import type { WebServiceOptions } from "./web-service.ts";

/** Every option there is, so that the compiler asks for a new one. */
const COMMON: Readonly<Record<keyof CommonOptions, true>> = {
  name: true,
  version: true,
  id: true,
  metadata: true,
  address: true,
  advertise: true,
  registry: true,
  registryAddress: true,
  broker: true,
  brokerAddress: true,
  selector: true,
  transport: true,
  tls: true,
  clientTls: true,
  client: true,
  clientInterceptors: true,
  calls: true,
  requestTimeoutMs: true,
  retries: true,
  poolSize: true,
  poolTtlMs: true,
  clientHttpVersion: true,
  clientCompression: true,
  maxMessageBytes: true,
  types: true,
  registerTtlMs: true,
  registerIntervalMs: true,
  registerUses: true,
  drainDelayMs: true,
  graceMs: true,
  args: true,
  env: true,
  log: true,
  logger: true,
};
const SERVICE: Readonly<Record<keyof ServiceOptions, true>> = {
  ...COMMON,
  schema: true,
  health: true,
  reflection: true,
  debug: true,
  metrics: true,
  cors: true,
  requestArrivalTimeoutMs: true,
  stallTimeoutMs: true,
  maxConcurrentCalls: true,
  maxHandlerMs: true,
  abandonedHandlerMs: true,
  server: true,
  serverInterceptors: true,
};
const WEB: Readonly<Record<keyof WebServiceOptions, true>> = {
  ...COMMON,
  handler: true,
  staticDir: true,
  onUpgrade: true,
  requestArrivalTimeoutMs: true,
};

/** A line for every option of a service that does not exist, with what may have been meant. */
export function unknownServiceOptions(options: AnyServiceOptions): string[] {
  return unknown(options, Object.keys(SERVICE));
}

/** A line for every option of a web service that does not exist, with what may have been meant. */
export function unknownWebOptions(options: WebServiceOptions): string[] {
  return unknown(options, Object.keys(WEB));
}

function unknown(options: object, known: readonly string[]): string[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => unknownOption(name, known));
}
