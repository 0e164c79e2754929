// They live with the records that carry addresses: brokers, which may not know transports, need them too.
export { formatAddress, type HostPort, parseAddress } from "../registry/index.ts";
