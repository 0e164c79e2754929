import type { LogRecord, LogSink } from "./log.ts";

/** Bytes that may wait for a reader who is slow; then lines are lost, and counted. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The part of a writable stream that is needed: `process.stderr` fits. */
export interface LineStream {
  readonly writableLength: number;
  write(text: string): unknown;
  on(event: "error", listener: () => void): unknown;
}

/**
 * Writes lines to a stream. Whoever reads it may be slow, stuck or gone: the service goes on, and learns of lost lines
 * by a line, as soon as there is room for one. `format` makes lines without line break.
 */
export function createStreamSink(stream: LineStream, format: (record: LogRecord) => string): LogSink {
  let lost = 0;
  let listens = false;
  return (record) => {
    if (!listens) {
      // A reader that is gone (EPIPE) would end the process.
      stream.on("error", () => {});
      listens = true;
    }
    if (stream.writableLength > MAX_WAITING_BYTES) {
      lost += 1;
      return;
    }
    let lines = `${format(record)}\n`;
    if (lost > 0) {
      const message = `${lost} lines of the log are lost: nobody read them in time`;
      lines = `${format({ ...record, level: "warn", message, call: {}, fields: {} })}\n${lines}`;
      lost = 0;
    }
    stream.write(lines);
  };
}
