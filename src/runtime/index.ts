export type {
  Broker,
  BrokerMessage,
  Event,
  EventHandler,
  SubscribeOptions,
  Subscription,
} from "./broker/index.ts";
export type { CallOptions, Client, ClientCall, ClientInterceptor, PublishOptions } from "./client/index.ts";
export {
  type Context,
  type ContextInit,
  createContext,
  currentContext,
  type Peer,
  runInContext,
} from "./context/index.ts";
export * from "./errors/index.ts";
export { Metadata, type MetadataInit } from "./metadata/index.ts";
export type {
  Endpoint,
  Node,
  RegisterOptions,
  Registry,
  RegistryEvent,
  Service as ServiceRecord,
  Value,
} from "./registry/index.ts";
export type { Outcome, Selection, SelectOptions, Selector, Strategy } from "./selector/index.ts";
export type {
  HandleOptions,
  Handler,
  MethodHandler,
  Server,
  ServerCall,
  ServerInterceptor,
  SubscriberOptions,
} from "./server/index.ts";
export {
  type CommonOptions,
  consoleLogger,
  createService,
  createWebService,
  type Logger,
  type RunningService,
  type Service,
  type ServiceOptions,
  silentLogger,
  type WebService,
  type WebServiceOptions,
} from "./service/index.ts";
