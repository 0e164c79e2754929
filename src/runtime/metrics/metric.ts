/** Values of a metric's labels, in the order in which it was given their names. */
export type LabelValues = readonly string[];

/** A metric that can be told in Prometheus' text format. */
export interface Metric {
  /** Lines that end in a newline, `# HELP` and `# TYPE` included; empty while nothing was seen. */
  text(): string;
}

export interface MetricInit {
  readonly name: string;
  /** One sentence without line breaks. */
  readonly help: string;
  readonly labels: readonly string[];
}

/** Label values come from names in code and registry; past this many combinations all further ones are one, `other`. */
const MAX_SERIES = 1000;

/** The series of one metric, one per combination of label values. */
export class SeriesMap<Series> {
  readonly #init: MetricInit;
  readonly #create: () => Series;
  readonly #series = new Map<string, { readonly labels: string; readonly value: Series }>();
  #other: Series | undefined;

  constructor(init: MetricInit, create: () => Series) {
    this.#init = init;
    this.#create = create;
  }

  of(values: LabelValues): Series {
    const known = this.#series.get(values.join("\0"));
    if (known !== undefined) return known.value;
    if (this.#series.size < MAX_SERIES) return this.#add(values);
    this.#other ??= this.#add(values.map(() => "other"));
    return this.#other;
  }

  #add(values: LabelValues): Series {
    const labels = this.#init.labels
      .map((name, index) => `${name}="${escaped(values[index] ?? "")}"`)
      .join(",");
    const value = this.#create();
    this.#series.set(values.join("\0"), { labels, value });
    return value;
  }

  /** `type` is Prometheus' word for it; `line` gives the samples of one series. */
  text(type: string, samples: (value: Series, labels: string) => string): string {
    if (this.#series.size === 0) return "";
    const { name, help } = this.#init;
    const lines = [...this.#series.values()].map(({ labels, value }) => samples(value, labels)).join("");
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
  }
}

/** The text format's rule for label values. */
function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
