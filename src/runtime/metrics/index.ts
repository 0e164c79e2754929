export { createMetrics, METRICS_CONTENT_TYPE, type Metrics } from "./create-metrics.ts";
export { codeOf, nameOf, whenEnded } from "./when-ended.ts";
