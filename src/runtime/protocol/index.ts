export { CLIENT_ID, deadlineExceeded, errorOfAbort } from "./cancel-reason.ts";
export {
  type Channel,
  type ChannelCall,
  type ChannelOpener,
  isNodeFailure,
  isUnsent,
  markUnsent,
} from "./channel.ts";

export { atDeadline } from "./deadline.ts";
export { createDirectChannel } from "./direct/channel.ts";
export type { Dispatcher, Route, RunningCall } from "./dispatcher.ts";
export { codecOfContentType, decodeEvent } from "./event-codec.ts";
export { isGivenUp, markGivenUp } from "./given-up.ts";
export { createGrpcOpener, type GrpcOpenerOptions } from "./grpc/client.ts";
export { createGrpcServer, type GrpcServerOptions } from "./grpc/server.ts";
export { createJsonOpener, type JsonOpenerOptions } from "./json/client.ts";
export { createJsonServer, type JsonServerOptions } from "./json/server.ts";
export { checkMetadataSize, isReservedName, metadataFromHeaders } from "./metadata-wire.ts";
export { markMissingCallee, missingCalleeOf } from "./missing-callee.ts";
export type { ServerProtocol } from "./server-protocol.ts";
