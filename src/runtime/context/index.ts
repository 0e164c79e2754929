export {
  type Context,
  type ContextInit,
  createContext,
  currentContext,
  type Peer,
  runInContext,
} from "./context.ts";
