export { createMetrics, METRICS_CONTENT_TYPE, type Metrics } from "./create-metrics.ts";
