import type { Context } from "../context/index.ts";
import { forbidden, MicroError, unavailable } from "../errors/index.ts";
import type { LogRecord, PlainValue, RecentRecords } from "../log/index.ts";
import type { Server } from "../server/index.ts";
import type { CallStats } from "./call-stats.ts";
import { Debug, type DebugHandler } from "./gen/debug.service.ts";
import type { Record as LogLine, LogRequest } from "./gen/debug.ts";
import type { LevelSwitch } from "./level-switch.ts";
import type { Readiness } from "./readiness.ts";
import type { RecentSpans } from "./recent-spans.ts";

export interface DebugOptions {
  /** Name of the service, the id of errors. */
  readonly name: string;
  readonly stats: CallStats;
  /** Health fails with 503 once the service stops. */
  readonly readiness: Readiness;
  /** What is told of the inside: log, calls, level. Undefined: nothing, and whoever asks gets 403. */
  readonly inside: Inside | undefined;
}

/** What a service tells of its inside. */
export interface Inside {
  readonly records: RecentRecords;
  readonly spans: RecentSpans;
  readonly level: LevelSwitch;
}

/** Readers of the log at once: each may take as many bytes as are kept, and a busy server answers them, too. */
const MAX_READERS = 16;
/** Beyond it, seconds are meant since 1970 and not since now. */
const UNIX_SECONDS = 1_000_000_000n;

/** Adds go-micro's `Debug.Health`, `Stats`, `Log` and `Trace`, and our `Level`, to a server, unadvertised. */
export function handleDebug(server: Server, { name, stats, readiness, inside }: DebugOptions): void {
  let readers = 0;
  const told = (): Inside => {
    if (inside === undefined)
      throw forbidden(name, `${name} does not tell of its inside: it was started with --server_debug=off`);
    return inside;
  };

  const handler: DebugHandler = {
    health() {
      if (readiness.phase !== "serving") throw unavailable(name, `${name} is stopping`);
      return { status: "ok" };
    },
    stats() {
      const counts = stats.counts();
      const nowMs = Date.now();
      return {
        timestamp: seconds(nowMs),
        started: seconds(counts.startedAtMs),
        uptime: seconds(nowMs - counts.startedAtMs),
        memory: BigInt(process.memoryUsage.rss()),
        threads: BigInt(counts.running),
        gc: BigInt(Math.round(counts.gcMs * 1e6)),
        requests: BigInt(counts.requests),
        errors: BigInt(counts.errors),
      };
    },
    async *log(request, context) {
      const { records } = told();
      if (readers >= MAX_READERS)
        throw new MicroError({ id: name, code: 429, detail: `${MAX_READERS} read the log already` });
      readers += 1;
      try {
        if (request.stream) yield* linesToCome(records, readiness, context);
        else for (const record of records.read(choiceOf(request))) yield lineOf(record);
      } finally {
        readers -= 1;
      }
    },
    trace({ id }) {
      return { spans: [...told().spans.read(id)] };
    },
    level({ level, seconds: forSeconds }, { peer }) {
      const { level: levels } = told();
      const now = level === "" ? levels.now() : levels.set(level, Number(forSeconds) * 1000, peer.address);
      return { level: now.level, seconds: BigInt(Math.ceil(now.leftMs / 1000)), configured: now.configured };
    },
  };
  server.handle(Debug, handler, { internal: true });
}

/** Ends with the service: a reader that stays must not keep it from stopping. */
async function* linesToCome(
  records: RecentRecords,
  readiness: Readiness,
  { signal }: Context,
): AsyncGenerator<LogLine> {
  const end = new AbortController();
  const forget = readiness.onChange(() => {
    if (readiness.phase === "ended") end.abort();
  });
  try {
    for await (const record of records.follow(AbortSignal.any([signal, end.signal]))) yield lineOf(record);
  } finally {
    forget();
  }
}

function choiceOf({ count, since }: LogRequest) {
  return {
    count: count > 0n ? Number(count) : undefined,
    sinceEpochMs:
      since <= 0n
        ? undefined
        : since > UNIX_SECONDS
          ? Number(since) * 1000
          : Date.now() - Number(since) * 1000,
  };
}

function lineOf({ epochMs, level, message, origin, call, fields }: LogRecord): LogLine {
  const metadata: Record<string, string> = { level, time: new Date(epochMs).toISOString() };
  for (const [field, value] of Object.entries({ ...fields, ...origin, ...call }))
    metadata[field] = textOf(value);
  return { timestamp: seconds(epochMs), metadata, message };
}

function textOf(value: PlainValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function seconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1_000));
}
