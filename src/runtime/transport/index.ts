export { createMemoryTransport } from "./memory.ts";
export { type SniffOptions, sniffWire, type Wire } from "./sniff.ts";
export { createTcpTransport, type TcpTransportOptions } from "./tcp.ts";
export { provenNames } from "./tls/identity.ts";
export type { ClientTls, ServerTls } from "./tls/options.ts";
export type { ConnectionHandler, DialOptions, Listener, Transport } from "./transport.ts";
