export {
  type Broker,
  type BrokerMessage,
  createMemoryBroker,
  type Event,
  type EventHandler,
  type SubscribeOptions,
  type Subscription,
} from "./broker/index.ts";
export {
  type CallOptions,
  type Client,
  type ClientCall,
  type ClientInterceptor,
  type ClientOptions,
  createClient,
  type JsonMethod,
  JsonText,
  jsonMethod,
  type PublishOptions,
} from "./client/index.ts";
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
export type { JsonValue, MessageInit } from "./protobuf/index.ts";
export {
  createMemoryRegistry,
  type Endpoint,
  type MemoryRegistryOptions,
  type Node,
  type RegisterOptions,
  type Registry,
  type RegistryEvent,
  type Service as ServiceRecord,
  type Value,
} from "./registry/index.ts";
export {
  type CreateSelectorOptions,
  createSelector,
  nearMatches,
  type Outcome,
  type Selection,
  type SelectOptions,
  type Selector,
  type Strategy,
  type StrategyName,
} from "./selector/index.ts";
export {
  createServer,
  type HandleOptions,
  type Handler,
  type MethodHandler,
  type Server,
  type ServerCall,
  type ServerInterceptor,
  type ServerLogger,
  type ServerOptions,
  type SubscriberOptions,
} from "./server/index.ts";
export {
  type CommonOptions,
  ConfigurationError,
  type Connection,
  consoleLogger,
  createConnection,
  createService,
  createWebService,
  formatDuration,
  type Logger,
  parseDuration,
  type RunningService,
  type Service,
  type ServiceOptions,
  silentLogger,
  type WebService,
  type WebServiceOptions,
} from "./service/index.ts";
export {
  createMemoryTransport,
  createTcpTransport,
  formatAddress,
  type HostPort,
  parseAddress,
  type TcpTransportOptions,
  type Transport,
} from "./transport/index.ts";
