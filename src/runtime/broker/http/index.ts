export { createHttpBroker, type HttpBrokerOptions } from "./create-http-broker.ts";
export type { DialectName } from "./dialect.ts";
