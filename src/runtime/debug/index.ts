export { type CallCounts, type CallStats, createCallStats } from "./call-stats.ts";
export { type DebugOptions, handleDebug } from "./debug-handler.ts";
export { createDebugClient, Debug, type DebugClient, type DebugHandler } from "./gen/debug.service.ts";
export { type HealthOptions, handleHealth } from "./health/health-handler.ts";
export { createReadiness, type Phase, type Readiness } from "./readiness.ts";
export { handleReflection, type ReflectionOptions } from "./reflection/reflection-handler.ts";
