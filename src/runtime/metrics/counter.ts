import { type LabelValues, type Metric, type MetricInit, SeriesMap } from "./metric.ts";

/** A number per combination of labels. */
export interface Counter extends Metric {
  add(labels: LabelValues, by?: number): void;
}

/** `counter` only ever grows; a `gauge` may be added negative numbers too. */
export function createCounter(init: MetricInit, type: "counter" | "gauge" = "counter"): Counter {
  const series = new SeriesMap(init, () => ({ value: 0 }));
  return {
    add(labels, by = 1) {
      series.of(labels).value += by;
    },
    text: () => series.text(type, ({ value }, labels) => `${init.name}{${labels}} ${value}\n`),
  };
}
