export { type CallCounts, type CallStats, createCallStats } from "./call-stats.ts";
export { type DebugOptions, handleDebug, type Inside } from "./debug-handler.ts";
export { createDebugClient, Debug, type DebugClient, type DebugHandler } from "./gen/debug.service.ts";
export { type HealthOptions, handleHealth } from "./health/health-handler.ts";
export { createLevelSwitch, type LevelSwitch } from "./level-switch.ts";
export { createReadiness, type Phase, type Readiness } from "./readiness.ts";
export { createRecentSpans, type RecentSpans } from "./recent-spans.ts";
export { handleReflection, type ReflectionOptions } from "./reflection/reflection-handler.ts";
