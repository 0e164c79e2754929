// What services and tools import. Plugins with weight have entries of their own (`/registry/etcd`, `/broker/http` ...) and
// are loaded when their name is chosen; generated code imports `/protobuf`.

// The parts a service is made of, and what is needed to write another.
export {
  type Broker,
  type BrokerMessage,
  createMemoryBroker,
  type Event,
  type EventHandler,
  type MemoryBrokerOptions,
  type SubscribeOptions,
  type Subscription,
} from "./broker/index.ts";
// Calling and being called.
export {
  type BreakerOptions,
  type CallOptions,
  type CallPolicy,
  type Client,
  type ClientCall,
  type ClientInterceptor,
  type ClientOptions,
  type ClientPolicy,
  createClient,
  type JsonMethod,
  JsonText,
  jsonMethod,
  type PublishCall,
  type PublishInterceptor,
  type PublishOptions,
  type RetryBudgetOptions,
} from "./client/index.ts";
// What handlers see and throw.
export {
  type Context,
  type ContextInit,
  createContext,
  currentContext,
  type Peer,
  runInContext,
} from "./context/index.ts";
export { createDebugClient, type DebugClient } from "./debug/index.ts";
export * from "./errors/index.ts";
export {
  LOG_LEVELS,
  type Log,
  type LogFields,
  type Logger,
  type LogLevel,
  type LogRecord,
  type PinoLike,
  type PlainFields,
  type PlainValue,
  pinoLogger,
  textLine,
} from "./log/index.ts";
export { Metadata, type MetadataInit } from "./metadata/index.ts";
export type { JsonValue, MessageInit } from "./protobuf/index.ts";
export { errorDetail, findDetail, type TypeRegistry, typeRegistry } from "./protobuf/index.ts";
export type { CorsOptions, Dispatcher, HttpVersion, Page, Pages, Route } from "./protocol/index.ts";
export {
  type Clock,
  createMemoryRegistry,
  describeRegistry,
  type Endpoint,
  formatAddress,
  type HostPort,
  isDialable,
  type LookupOptions,
  type MemoryRegistryOptions,
  type Node,
  parseAddress,
  type RegisterOptions,
  type Registry,
  type RegistryEvent,
  type Service as ServiceRecord,
  systemClock,
  toNodeAddress,
  type Value,
} from "./registry/index.ts";
export {
  type CreateSelectorOptions,
  createSelector,
  type NodeLoad,
  type NodesListener,
  nearMatches,
  type Outcome,
  type Selection,
  type SelectOptions,
  type Selector,
  type Strategy,
  type StrategyFactory,
  type StrategyName,
} from "./selector/index.ts";
export {
  createServer,
  type HandleOptions,
  type Handler,
  type MethodHandler,
  type RegisteredMethod,
  type RegisteredSubscriber,
  type Server,
  type ServerCall,
  type ServerInterceptor,
  type ServerLogger,
  type ServerOptions,
  type SubscriberOptions,
} from "./server/index.ts";
// A program: a service, a web service, or one that only calls.
export {
  type CallsOptions,
  type CommonOptions,
  ConfigurationError,
  type Connection,
  createConnection,
  createService,
  createWebService,
  type LogOptions,
  parseDuration,
  type RunningService,
  type Service,
  type ServiceOptions,
  silentLogger,
  type WebService,
  type WebServiceOptions,
} from "./service/index.ts";
export {
  type ClientTls,
  type ConnectionHandler,
  createMemoryTransport,
  createTcpTransport,
  type DialOptions,
  type Listener,
  type ServerTls,
  type TcpTransportOptions,
  type Transport,
} from "./transport/index.ts";
