export { loadTracing } from "./load-tracing.ts";
export type { Tracing } from "./tracing.ts";
