/** How much a line matters, least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line tells besides its sentence: `{ orderId: 7, error }`. Anything may stand in it; it is read once, within limits. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where lines can be sent instead of standard error: one call is one line. `console` and winston fit as they are, pino
 * through `pinoLogger`. `fields` are plain data that is safe to print: secrets are out, sizes are bounded, and the
 * service, method, trace and request are among them.
 */
export interface Logger {
  debug?(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * The log of a service. A line never throws, whatever it is given, and never makes its caller wait. The call that is
 * being handled (method, trace, request) is told by itself.
 */
export interface Log extends Required<Logger> {
  /** Lines below it are left out; may be set at any time, and counts for all logs of the service. */
  level: LogLevel;
  /** A log whose lines tell `fields`, too: `log.with({ component: "stock" })`. */
  with(fields: LogFields): Log;
}

/** What a field may hold once it has been read. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** Fields once they have been read. */
export type PlainFields = { readonly [name: string]: PlainValue };

/** A line. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly epochMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Who wrote it: service, version, node. */
  readonly origin: PlainFields;
  /** The call it was written in: method, trace_id, span_id, request_id. */
  readonly call: PlainFields;
  /** What the caller gave. */
  readonly fields: PlainFields;
}

/** Takes lines. Must neither throw nor wait. */
export type LogSink = (record: LogRecord) => void;
