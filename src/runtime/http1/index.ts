export { connectHttp1, type Http1ClientOptions } from "./client-session.ts";
export { ReadAhead } from "./read-ahead.ts";
export { createHttp1Server, type Http1Limits, type Http1Server, type Http1ServerHandler } from "./server.ts";
