import { visible } from "./control-characters.ts";
import type { Logger, LogSink } from "./log.ts";

/** Hands lines to somebody's logger. One that throws loses the line: a log is not worth a call. */
export function createLoggerSink(logger: Logger): LogSink {
  return ({ level, message, origin, call, fields }) => {
    try {
      const told = { ...fields, ...origin, ...call };
      const line = visible(message);
      if (level === "debug") logger.debug?.(line, told);
      else logger[level](line, told);
    } catch {
      // Told above.
    }
  };
}

/** What is needed of a pino logger: its methods take the fields first. */
export interface PinoLike {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * A pino logger (bunyan has the same form) as the logger of a service: `logger: pinoLogger(pino())`. Which levels
 * are written both decide: the service's level first, then pino's own.
 */
export function pinoLogger(pino: PinoLike): Required<Logger> {
  return {
    debug: (message, fields = {}) => pino.debug(fields, message),
    info: (message, fields = {}) => pino.info(fields, message),
    warn: (message, fields = {}) => pino.warn(fields, message),
    error: (message, fields = {}) => pino.error(fields, message),
  };
}
