import { type Clock, systemClock } from "../registry/index.ts";
import { callFields, type FindTrace } from "./call-fields.ts";
import { createLineBudget } from "./line-budget.ts";
import {
  LOG_LEVELS,
  type Log,
  type LogFields,
  type LogLevel,
  type LogSink,
  type PlainFields,
} from "./log.ts";
import { plainFields, plainText } from "./plain-value.ts";
import { createRedaction, type Redaction } from "./redaction.ts";

/** Lines a second below `warn`, and as many again from `warn` on: a flood of the one does not hide the other. */
export const LINES_PER_SECOND = 1000;

export interface LogOptions {
  /** Who writes: `{ service, version, node }`. */
  readonly origin: PlainFields;
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
  readonly sinks: readonly LogSink[];
  /** Default: names that are always secret. */
  readonly redaction?: Redaction | undefined;
  /** Finds the span of a line. Default: what the caller sent. */
  readonly findTrace?: FindTrace | undefined;
  /** Default 1000. */
  readonly linesPerSecond?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A log. See {@link Log}. */
export function createLog(options: LogOptions): Log {
  const { origin, sinks, redaction = createRedaction(), findTrace, clock = systemClock } = options;
  const { linesPerSecond: perSecond = LINES_PER_SECOND } = options;
  let level: LogLevel = options.level ?? "info";

  const quiet = createLineBudget({ clock, perSecond, onLeftOut: (count) => tellLeftOut(count, "info") });
  const loud = createLineBudget({ clock, perSecond, onLeftOut: (count) => tellLeftOut(count, "warn") });

  function tellLeftOut(count: number, from: LogLevel): void {
    const message = `${count} lines of level ${from} were left out: more than ${perSecond} a second`;
    emit("warn", message, {}, {});
  }
  function emit(of: LogLevel, message: string, call: PlainFields, fields: PlainFields): void {
    const record = { epochMs: clock.epochMs(), level: of, message, origin, call, fields };
    for (const sink of sinks) {
      try {
        sink(record);
      } catch {
        // A log is not worth a call: whatever became of this line, the caller goes on.
      }
    }
  }
  function write(
    of: LogLevel,
    message: string,
    fields: LogFields | undefined,
    own: LogFields | undefined,
  ): void {
    if (LOG_LEVELS.indexOf(of) < LOG_LEVELS.indexOf(level)) return;
    const budget = of === "warn" || of === "error" ? loud : quiet;
    if (!budget.take()) return;
    try {
      const plain = {
        ...(own === undefined ? {} : plainFields(own, redaction)),
        ...(fields === undefined ? {} : plainFields(fields, redaction)),
      };
      const text = plainText(typeof message === "string" ? message : String(message), redaction);
      emit(of, text, callFields(findTrace), plain);
    } catch {
      // Whatever was handed over could not even be read.
      emit(of, "a line that cannot be shown", {}, {});
    }
  }
  function logWith(own: LogFields | undefined): Log {
    return {
      get level() {
        return level;
      },
      set level(wanted) {
        if (!LOG_LEVELS.includes(wanted))
          throw new TypeError(`no such level: ${JSON.stringify(wanted)}; there are ${LOG_LEVELS.join(" ")}`);
        level = wanted;
      },
      with: (more) => logWith({ ...own, ...more }),
      debug: (message, fields) => write("debug", message, fields, own),
      info: (message, fields) => write("info", message, fields, own),
      warn: (message, fields) => write("warn", message, fields, own),
      error: (message, fields) => write("error", message, fields, own),
    };
  }
  return logWith(undefined);
}
