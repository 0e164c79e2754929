export { CallContext, type CallContextInit } from "./call-context.ts";
export {
  type Context,
  type ContextInit,
  callInContext,
  createContext,
  currentContext,
  type Peer,
  runInContext,
} from "./context.ts";
export { forManyCalls } from "./many-listeners.ts";
