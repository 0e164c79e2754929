import {
  createLog,
  createLoggerSink,
  createRedaction,
  createStreamSink,
  type FindTrace,
  jsonLine,
  LOG_LEVELS,
  type Log,
  type Logger,
  type LogLevel,
  type LogSink,
  noRedaction,
  type RecentRecords,
  textLine,
} from "../log/index.ts";
import type { Clock } from "../registry/index.ts";
import { nearMatches } from "../selector/index.ts";
import type { AnyServiceOptions } from "./service.ts";
import type { Settings } from "./settings.ts";

export type { Logger } from "../log/index.ts";

/** Says nothing; for tests. */
export const silentLogger: Logger = { info() {}, warn() {}, error() {} };

/** go-micro's other words for levels. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  ...Object.fromEntries(LOG_LEVELS.map((level) => [level, level])),
  trace: "debug",
  fatal: "error",
};
const FORMATS = ["auto", "json", "text"] as const;

/** What a service's log needs besides its options. */
export interface LogParts {
  readonly id: string;
  readonly recent: RecentRecords;
  readonly findTrace: FindTrace | undefined;
  readonly clock: Clock;
}

/** The log of a service, and everything that is wrong with the options about it. */
export function logOf(
  options: AnyServiceOptions,
  settings: Settings,
  { id, recent, findTrace, clock }: LogParts,
): { readonly log: Log; readonly problems: readonly string[] } {
  const { redact = [], linesPerSecond, ...others } = options.log ?? {};
  const { logLevel: given = "info", logFormat = "auto", name, version } = settings;
  const logLevel = given.toLowerCase();
  const problems: string[] = [];
  for (const unknown of Object.keys(others).filter((one) => one !== "level" && one !== "format"))
    problems.push(
      hinted(`unknown option log.${unknown}`, unknown, ["level", "format", "redact", "linesPerSecond"]),
    );
  if (!Object.hasOwn(LEVELS, logLevel))
    problems.push(hinted(`log_level: unknown level ${JSON.stringify(given)}`, logLevel, LOG_LEVELS));
  if (!FORMATS.includes(logFormat as (typeof FORMATS)[number]))
    problems.push(hinted(`log_format: unknown format ${JSON.stringify(logFormat)}`, logFormat, FORMATS));
  if (options.logger !== undefined && options.log?.format !== undefined)
    problems.push("log.format is about standard error, and logger sends lines elsewhere: give one of them");
  if (
    redact !== false &&
    !(Array.isArray(redact) && redact.every((one) => typeof one === "string" && one !== ""))
  )
    problems.push(
      'log.redact is a list of names and paths, or false; an example: ["email", "order.customer.*"]',
    );
  if (linesPerSecond !== undefined && !(Number.isInteger(linesPerSecond) && linesPerSecond >= 1))
    problems.push(`log.linesPerSecond: ${String(linesPerSecond)} is not a whole number from 1`);

  const log = createLog({
    origin: { service: name, version, node: id },
    level: LEVELS[logLevel],
    sinks: [
      options.logger === undefined
        ? stderrSink(logFormat, options.env ?? process.env)
        : createLoggerSink(options.logger),
      recent.sink,
    ],
    redaction: redact === false ? noRedaction : createRedaction(problems.length > 0 ? [] : redact),
    findTrace,
    linesPerSecond: problems.length > 0 ? undefined : linesPerSecond,
    clock,
  });
  return { log, problems };
}

/** Standard output stays the program's own. */
function stderrSink(format: string, env: Readonly<Record<string, string | undefined>>): LogSink {
  const atTerminal = process.stderr.isTTY === true;
  const color =
    env.FORCE_COLOR === undefined
      ? atTerminal && !env.NO_COLOR && env.TERM !== "dumb"
      : env.FORCE_COLOR !== "0";
  const asText = format === "text" || (format === "auto" && atTerminal);
  return createStreamSink(process.stderr, asText ? (record) => textLine(record, color) : jsonLine);
}

function hinted(problem: string, name: string, known: readonly string[]): string {
  const near = nearMatches(name, known);
  return near.length > 0
    ? `${problem}; did you mean ${near.join(" or ")}?`
    : `${problem}; known: ${known.join(" ")}`;
}
