export * from "./engine.ts";
export { createNodeHttp2Engine } from "./node-engine.ts";
export { type OutputStream, StalledStreams } from "./stalled-streams.ts";
