export { createHttpBroker, type HttpBrokerOptions } from "./create-http-broker.ts";
