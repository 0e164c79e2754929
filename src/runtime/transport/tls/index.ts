export { createTlsTransport } from "./create-tls-transport.ts";
export type { ClientTls, ServerTls, TlsTransportOptions } from "./options.ts";
export { serverSettings, useCertificates } from "./use-certificates.ts";
