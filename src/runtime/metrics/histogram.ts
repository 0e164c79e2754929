import { type LabelValues, type Metric, type MetricInit, SeriesMap } from "./metric.ts";

/** How often values of which size were seen. */
export interface Histogram extends Metric {
  observe(labels: LabelValues, seconds: number): void;
}

/** Upper ends in seconds: from a call inside the machine to one that ran into its deadline. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createHistogram(init: MetricInit): Histogram {
  const series = new SeriesMap(init, () => ({
    counts: new Array<number>(BUCKETS.length + 1).fill(0),
    sum: 0,
  }));
  return {
    observe(labels, seconds) {
      const one = series.of(labels);
      let bucket = 0;
      while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket++;
      one.counts[bucket] = (one.counts[bucket] as number) + 1;
      one.sum += seconds;
    },
    text: () =>
      series.text("histogram", ({ counts, sum }, labels) => {
        const { name } = init;
        let total = 0;
        const lines = counts.map((count, bucket) => {
          total += count;
          return `${name}_bucket{${labels},le="${BUCKETS[bucket] ?? "+Inf"}"} ${total}\n`;
        });
        return `${lines.join("")}${name}_sum{${labels}} ${sum}\n${name}_count{${labels}} ${total}\n`;
      }),
  };
}
