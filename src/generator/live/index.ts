export { LiveError, type LiveErrorReason } from "./live-error.ts";
export {
  type Connection,
  type ConnectOptions,
  connectProject,
  type ServiceRecord,
} from "./project-runtime.ts";
export { type LiveSchema, readReflection } from "./read-reflection.ts";
export { type ReadSourceOptions, readSource } from "./read-source.ts";
export { registryExchange } from "./registry-exchange.ts";
export { formatSource, parseSource, type Source } from "./source.ts";
