export type { ConnectionHandler, DialOptions, Listener, Transport } from "./transport.ts";
