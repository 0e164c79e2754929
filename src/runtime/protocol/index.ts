export { CLIENT_ID, deadlineExceeded, errorOfAbort, whileDoing } from "./cancel-reason.ts";
export {
  type Channel,
  type ChannelCall,
  type ChannelOpener,
  isNodeFailure,
  isRefused,
  isUnsent,
  markLost,
  markUnsent,
  type UnaryWaiter,
} from "./channel.ts";
export { COMPRESSIONS, type Compression, chosenCompression } from "./compression.ts";
export { createConnectOpener } from "./connect/client.ts";
export { createConnectServer } from "./connect/server.ts";
export type { CorsOptions } from "./cors.ts";
export { atDeadline } from "./deadline.ts";
export { createDirectChannel } from "./direct/channel.ts";
export type { Dispatcher, Route, RunningCall } from "./dispatcher.ts";
export { codecOfContentType, decodeEvent } from "./event-codec.ts";
export { isGivenUp, markGivenUp } from "./given-up.ts";
export { createGrpcOpener, createGrpcWebOpener } from "./grpc/client.ts";
export { createGrpcServer } from "./grpc/server.ts";
export { createGrpcWebServer } from "./grpc/web-server.ts";
export type { HttpProtocol, HttpRequest } from "./http-protocol.ts";
export { createHttpServer, type HttpServer, type HttpServerOptions } from "./http-server.ts";
export { createJsonOpener } from "./json/client.ts";
export { createJsonServer } from "./json/server.ts";
export { checkMetadataSize, isReservedName, metadataFromHeaders } from "./metadata-wire.ts";
export { markMissingCallee, missingCalleeOf } from "./missing-callee.ts";
export { createMucpOpener, type MucpOpenerOptions } from "./mucp/client.ts";
export { createMucpServer, type MucpServerOptions } from "./mucp/server.ts";
export type { HttpReach, HttpVersion } from "./open-session.ts";
export { createPagesServer, jsonPage, type Page, type Pages } from "./pages.ts";
export type { ServerProtocol } from "./server-protocol.ts";
export { UnfoldTurns } from "./unfold-turns.ts";
