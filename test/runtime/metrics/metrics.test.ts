import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createContext } from "../../../src/runtime/context/index.ts";
import { notFound } from "../../../src/runtime/errors/index.ts";
import { createCounter } from "../../../src/runtime/metrics/counter.ts";
import { createHistogram } from "../../../src/runtime/metrics/histogram.ts";
import { createMetrics } from "../../../src/runtime/metrics/index.ts";
import type { AnyMethod } from "../../../src/runtime/protobuf/index.ts";
import type { ServerCall } from "../../../src/runtime/server/index.ts";
import { Greeter } from "../service/greeter.ts";

const METHOD = Greeter.methods.hello as AnyMethod;
const STREAM = { ...METHOD, kind: "serverStream" } as AnyMethod;
const call = (method: AnyMethod): ServerCall => ({ method, context: createContext(), request: {} });

/** The value of a sample, by its name and labels as they stand in the text. */
function sample(text: string, start: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${start} `));
  return line === undefined ? undefined : Number(line.slice(start.length + 1));
}

const LABEL = `method="${METHOD.service}/${METHOD.name}"`;

describe("metrics of a server", () => {
  test("when calls succeed and fail then they are counted by method and gRPC status", async () => {
    const metrics = createMetrics();
    const answers: (() => Promise<unknown>)[] = [
      async () => "one",
      async () => "two",
      () => Promise.reject(notFound("greeter", "nobody")),
      () => Promise.reject(new Error("a bug")),
    ];
    for (const answer of answers)
      await metrics
        .serverInterceptor(answer)(call(METHOD))
        .catch(() => {});
    const text = metrics.text();
    expect(sample(text, `micro_server_calls_total{${LABEL},code="OK"}`)).toBe(2);
    expect(sample(text, `micro_server_calls_total{${LABEL},code="NOT_FOUND"}`)).toBe(1);
    expect(sample(text, `micro_server_calls_total{${LABEL},code="INTERNAL"}`)).toBe(1);
    expect(sample(text, `micro_server_call_duration_seconds_count{${LABEL}}`)).toBe(4);
    expect(sample(text, `micro_server_calls_running{${LABEL}}`)).toBe(0);
  });

  test.each([
    [
      "read to its end",
      async (stream: AsyncIterable<unknown>) => {
        for await (const _ of stream);
      },
      "OK",
    ],
    [
      "left early",
      async (stream: AsyncIterable<unknown>) => {
        for await (const _ of stream) break;
      },
      "OK",
    ],
  ])("when an answer is a stream then it runs until it is %s", async (_, read, code) => {
    const metrics = createMetrics();
    const stream = (await metrics.serverInterceptor(async () => messages())(
      call(STREAM),
    )) as AsyncIterable<unknown>;
    expect(sample(metrics.text(), `micro_server_calls_running{${LABEL}}`)).toBe(1);
    await read(stream);
    expect(sample(metrics.text(), `micro_server_calls_running{${LABEL}}`)).toBe(0);
    expect(sample(metrics.text(), `micro_server_calls_total{${LABEL},code="${code}"}`)).toBe(1);
  });

  test("when a stream fails in its middle then it counts as failed, once", async () => {
    const metrics = createMetrics();
    const failing = metrics.serverInterceptor(async () => messages(notFound("greeter", "gone")))(
      call(STREAM),
    );
    const stream = (await failing) as AsyncIterable<unknown>;
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toThrow("gone");
    expect(sample(metrics.text(), `micro_server_calls_total{${LABEL},code="NOT_FOUND"}`)).toBe(1);
    expect(metrics.text()).not.toContain('code="OK"');
  });
});

async function* messages(failure?: Error): AsyncGenerator<unknown> {
  yield 1;
  yield 2;
  if (failure !== undefined) throw failure;
}

describe("the text of a metric", () => {
  test("when values fall into buckets then each bucket counts all below it", () => {
    const histogram = createHistogram({ name: "h", help: "H.", labels: ["m"] });
    for (const seconds of [0.0005, 0.003, 0.003, 60]) histogram.observe(["a"], seconds);
    const text = histogram.text();
    expect(sample(text, 'h_bucket{m="a",le="0.0005"}')).toBe(1);
    expect(sample(text, 'h_bucket{m="a",le="0.0025"}')).toBe(1);
    expect(sample(text, 'h_bucket{m="a",le="0.005"}')).toBe(3);
    expect(sample(text, 'h_bucket{m="a",le="30"}')).toBe(3);
    expect(sample(text, 'h_bucket{m="a",le="+Inf"}')).toBe(4);
    expect(sample(text, 'h_count{m="a"}')).toBe(4);
    expect(sample(text, 'h_sum{m="a"}')).toBeCloseTo(60.0065);
  });

  test("when a label holds quotes, backslashes or line breaks then they are escaped", () => {
    const counter = createCounter({ name: "c", help: "C.", labels: ["topic"] });
    counter.add(['a"b\\c\nd']);
    expect(counter.text()).toBe('# HELP c C.\n# TYPE c counter\nc{topic="a\\"b\\\\c\\nd"} 1\n');
  });

  test("when there are more combinations of labels than a scrape should hold then the rest is one", () => {
    const counter = createCounter({ name: "c", help: "C.", labels: ["topic"] });
    for (let index = 0; index < 5000; index++) counter.add([`topic-${index}`]);
    const lines = counter.text().trim().split("\n");
    expect(lines).toHaveLength(2 + 1001);
    expect(sample(counter.text(), 'c{topic="other"}')).toBe(4000);
  });
});

test("when a metric exists then docs/observability.md has it with its labels, and the other way round", async () => {
  const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const code = ["create-metrics.ts", "process-metrics.ts"]
    .map((file) => readFileSync(new URL(`../../../src/runtime/metrics/${file}`, import.meta.url), "utf8"))
    .join("");
  const names = (text: string, pattern: RegExp) =>
    [...new Set(Array.from(text.matchAll(pattern), ([, name]) => name))].sort();
  const inCode = names(code, /"((?:micro|process|nodejs)_[a-z0-9_]+)"/g);
  expect(inCode.length).toBeGreaterThan(9);
  expect(names(page, /`((?:micro|process|nodejs)_[a-z0-9_]+)`/g)).toEqual(inCode);
});
