import { visible } from "./control-characters.ts";
import type { LogRecord, PlainValue } from "./log.ts";

/** UTF-16 units of a line; escaping may make six of one. */
const MAX_LINE = 65_536;

/**
 * A record as one line of JSON, without line break: `{"time":"2026-11-22T21:08:26.123Z","level":"info","service":...}`.
 * `trace_id` and `span_id` are OpenTelemetry's names for logs that are no OTLP. A field that has the name of one of ours
 * gets a `_` behind it: nobody can pretend to be another service.
 */
export function jsonLine(record: LogRecord): string {
  const { origin, message, call, fields } = record;
  const own: Record<string, PlainValue> = {
    time: new Date(record.epochMs).toISOString(),
    level: record.level,
    ...origin,
    message,
    ...call,
  };
  const line: Record<string, PlainValue> = Object.assign(Object.create(null), own);
  for (const [name, value] of Object.entries(fields)) line[RESERVED.has(name) ? `${name}_` : name] = value;
  const text = toJson(line);
  return text.length <= MAX_LINE
    ? text
    : toJson({ ...own, message: message.slice(0, 8192), left_out: "fields" });
}

const RESERVED = new Set([
  "time",
  "level",
  "service",
  "version",
  "node",
  "message",
  "method",
  "trace_id",
  "span_id",
  "request_id",
]);

/** What is not to be shown stands in texts only, where its escape means the same. */
function toJson(value: PlainValue): string {
  return visible(JSON.stringify(value));
}
