import { badRequest, MicroError } from "../errors/index.ts";
import { LOG_LEVELS, type Log, type LogLevel } from "../log/index.ts";
import type { Clock } from "../registry/index.ts";

const DEFAULT_MS = 10 * 60_000;
const MAX_MS = 24 * 3_600_000;
/** Between two changes: who turns it back and forth fills the log with that. */
const PAUSE_MS = 1000;

/** What counts now, and until when. */
export interface LevelNow {
  readonly level: LogLevel;
  /** Until it is `configured` again; 0: it is. */
  readonly leftMs: number;
  readonly configured: LogLevel;
}

/** Sets the level of a log for some time: nobody remembers to set it back. */
export interface LevelSwitch {
  now(): LevelNow;
  /** `forMs` 0 is ten minutes, and at most a day. Throws MicroError 400 for an unknown level, 429 for one too soon. */
  set(level: string, forMs: number, by: string): LevelNow;
  /** Lets go of its timer. */
  end(): void;
}

/** `name` is the service's, for errors. */
export function createLevelSwitch(name: string, log: Log, clock: Clock): LevelSwitch {
  let configured = log.level;
  let until = 0;
  let changedAt = Number.NEGATIVE_INFINITY;
  let stopTimer: (() => void) | undefined;

  function end(): void {
    stopTimer?.();
    if (stopTimer !== undefined) log.level = configured;
    stopTimer = undefined;
  }
  const now = (): LevelNow => ({
    level: log.level,
    leftMs: stopTimer === undefined ? 0 : Math.max(0, until - clock.now()),
    configured: stopTimer === undefined ? log.level : configured,
  });
  return {
    now,
    set(wanted, forMs, by) {
      const level = LOG_LEVELS.find((one) => one === wanted);
      if (level === undefined)
        throw badRequest(
          name,
          `no such level: ${JSON.stringify(wanted.slice(0, 100))}; there are ${LOG_LEVELS.join(" ")}`,
        );
      if (clock.now() - changedAt < PAUSE_MS) {
        const detail = "the level was changed a moment ago";
        throw new MicroError({ id: name, code: 429, detail, retryAfterMs: PAUSE_MS });
      }
      changedAt = clock.now();
      if (stopTimer === undefined) configured = log.level;
      stopTimer?.();
      const ms = forMs <= 0 ? DEFAULT_MS : Math.min(forMs, MAX_MS);
      until = clock.now() + ms;
      stopTimer = clock.after(ms, () => {
        end();
        log.warn(`log level is ${configured} again`);
      });
      log.level = level;
      log.warn(`log level set to ${level} for ${Math.round(ms / 1000)} s by ${by}`);
      return now();
    },
    end,
  };
}
