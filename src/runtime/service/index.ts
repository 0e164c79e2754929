export type { CallsOptions } from "./calls.ts";
export { ConfigurationError } from "./configuration-error.ts";
export { type Connection, createConnection } from "./create-connection.ts";
export { createService } from "./create-service.ts";
export { createWebService } from "./create-web-service.ts";
export { parseDuration } from "./duration.ts";
export { silentLogger } from "./logger.ts";
export type { CommonOptions, LogOptions, RunningService, Service, ServiceOptions } from "./service.ts";
export type { WebService, WebServiceOptions } from "./web-service.ts";
