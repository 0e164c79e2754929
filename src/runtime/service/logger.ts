/**
 * Where a service writes what an operator should read. One call is one line. `console` fits; so do pino and winston
 * behind a small adapter.
 */
export interface Logger {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** Writes to standard error, so that standard output stays the program's own. */
export const consoleLogger: Logger = {
  info: (line) => console.error(line),
  warn: (line) => console.error(line),
  error: (line) => console.error(line),
};

/** Says nothing; for tests. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
