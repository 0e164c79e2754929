export type {
  HandleOptions,
  Handler,
  MethodHandler,
  RegisteredMethod,
  Server,
  ServerCall,
  ServerInterceptor,
  SubscriberOptions,
} from "./server.ts";
