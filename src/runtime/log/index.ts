export { type FindTrace, sentTrace, type TraceIds } from "./call-fields.ts";
export { createLog, LINES_PER_SECOND, type LogOptions } from "./create-log.ts";
export { jsonLine } from "./json-line.ts";
export {
  LOG_LEVELS,
  type Log,
  type LogFields,
  type Logger,
  type LogLevel,
  type LogRecord,
  type LogSink,
  type PlainFields,
  type PlainValue,
} from "./log.ts";
export { createLoggerSink, type PinoLike, pinoLogger } from "./logger-sink.ts";
export { createRecentRecords, type ReadOptions, type RecentRecords } from "./recent-records.ts";
export { createRedaction, noRedaction, type Redaction } from "./redaction.ts";
export { REQUEST_ID, requestIdOf } from "./request-id.ts";
export { createStreamSink, type LineStream } from "./stream-sink.ts";
export { textLine } from "./text-line.ts";
