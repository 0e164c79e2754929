export { createServer, type ServerLogger, type ServerOptions } from "./create-server.ts";
export type {
  HandleOptions,
  Handler,
  MethodHandler,
  RegisteredMethod,
  RegisteredSubscriber,
  Server,
  ServerCall,
  ServerInterceptor,
  SubscriberOptions,
} from "./server.ts";
