export { type CallCounts, type CallStats, createCallStats } from "./call-stats.ts";
export { type DebugOptions, handleDebug } from "./debug-handler.ts";
export { createDebugClient, Debug, type DebugClient, type DebugHandler } from "./gen/debug.service.ts";
