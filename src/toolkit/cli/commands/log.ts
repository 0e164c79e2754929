import {
  type CallOptions,
  type Client,
  jsonMethod,
  LOG_LEVELS,
  type LogLevel,
  type LogRecord,
  type Node,
  type PlainFields,
  type PlainValue,
  textLine,
} from "@micro-service/runtime";
import { type Asked, askNodes, failForSilent } from "../ask-nodes.ts";
import { type Connect, withConnection } from "../connect.ts";
import { CommandError, ExitCode, usageError } from "../exit-code.ts";
import { harmless } from "../harmless.ts";
import { durationMs } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface LogFlags {
  readonly address?: string;
  readonly timeout: string;
  readonly json?: boolean;
  readonly count?: string;
  readonly since?: string;
  readonly follow?: boolean;
  readonly level?: string;
  readonly for?: string;
}

/** A line as `Debug.Log` tells it in JSON. */
interface Line {
  readonly timestamp?: string;
  readonly message?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const STREAM = jsonMethod("Debug.Log", "serverStream");

/** `micro log SERVICE`: the last lines of all nodes by time; `--follow` goes on; `--level` sets what is written. */
export async function log(
  service: string,
  flags: LogFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  const request = requestOf(flags);
  const at = { address: flags.address, timeoutMs };
  await withConnection(connect({ ...flags }, terminal), async (connection) => {
    const { client } = connection;
    if (flags.level !== undefined) {
      const level = {
        level: flags.level,
        seconds: String(Math.ceil(durationMs("for", flags.for ?? "10m") / 1000)),
      };
      const asked = await askNodes(connection, service, at, async (options) =>
        JSON.parse(await client.unary(service, jsonMethod("Debug.Level"), JSON.stringify(level), options)),
      );
      return tellLevels(asked as Asked<LevelAnswer>[], flags, terminal);
    }
    const asked = await askNodes(connection, service, at, (options) =>
      lines(client, service, request, options),
    );
    // Who wrote a line is no question when there is one.
    const named = asked.length > 1;
    const print = (line: Line, node: Node) =>
      terminal.out(`${shown(line, node, { ...flags, named }, terminal)}\n`);
    const told = asked.flatMap(({ answer = [], node }) => answer.map((line) => ({ line, node })));
    for (const { line, node } of told.sort((a, b) => epochMs(a.line) - epochMs(b.line))) print(line, node);
    if (flags.follow !== true) return failForSilent(asked);
    const signal = terminal.onInterrupt();
    const followed = await askNodes(
      connection,
      service,
      { ...at, timeoutMs: FOLLOW_MS, signal },
      async (options, node) => {
        const coming = client.serverStream(service, STREAM, JSON.stringify({ stream: true }), options);
        for await (const text of coming) print(JSON.parse(text) as Line, node);
      },
    );
    if (signal.aborted) throw new CommandError(ExitCode.interrupted, "");
    failForSilent(followed);
  });
}

/** More than a node of ours keeps. */
const MAX_LINES = 10_000;

type ShownFlags = Pick<LogFlags, "json"> & { readonly named: boolean };

/** A stream without a deadline of its own would have none at all. */
const FOLLOW_MS = 24 * 3_600_000;

interface LevelAnswer {
  readonly level: string;
  readonly seconds?: string;
  readonly configured?: string;
}

function requestOf({ count, since }: LogFlags): string {
  if (count !== undefined && !/^[1-9]\d{0,5}$/.test(count))
    throw usageError(`--count takes a number of lines, got ${JSON.stringify(count)}`);
  const seconds = since === undefined ? 0 : Math.ceil(durationMs("since", since) / 1000);
  return JSON.stringify({ count: count ?? "0", since: String(seconds) });
}

async function lines(
  client: Client,
  service: string,
  request: string,
  options: CallOptions,
): Promise<Line[]> {
  const all: Line[] = [];
  for await (const text of client.serverStream(service, STREAM, request, options)) {
    all.push(JSON.parse(text) as Line);
    if (all.length === MAX_LINES) break;
  }
  return all;
}

function tellLevels(asked: readonly Asked<LevelAnswer>[], { json }: LogFlags, terminal: Terminal): void {
  for (const { node, answer } of asked) {
    if (answer === undefined) continue;
    const { level, seconds = "0", configured = level } = answer;
    terminal.out(
      json === true
        ? `${JSON.stringify({ node: node.id, address: node.address, ...answer })}\n`
        : `${harmless(`${node.address}: ${level} for ${seconds} s, then ${configured}`)}\n`,
    );
  }
  failForSilent(asked);
}

function shown(line: Line, node: Node, flags: ShownFlags, { color }: Terminal): string {
  return flags.json === true
    ? JSON.stringify({ ...line, node: node.id })
    : textLine(recordOf(line, flags.named ? node : undefined), color);
}

/** What other nodes send is data of others: everything in it may be missing, and `textLine` makes it harmless. */
function recordOf(line: Line, by: Node | undefined): LogRecord {
  const { level, time: _, service: _service, version: _version, node: _node, ...rest } = line.metadata ?? {};
  const fields: Record<string, PlainValue> = by === undefined ? {} : { node: by.id };
  for (const [name, value] of Object.entries(rest)) fields[name] = valueIn(value);
  return {
    epochMs: epochMs(line),
    level: LOG_LEVELS.find((one): one is LogLevel => one === level) ?? "info",
    message: line.message ?? "",
    origin: {},
    call: {},
    fields: fields as PlainFields,
  };
}

/** Errors and other objects travel as JSON. */
function valueIn(text: string): PlainValue {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as PlainValue;
  } catch {
    return text;
  }
}

function epochMs({ timestamp, metadata }: Line): number {
  const told = Date.parse(metadata?.time ?? "");
  const ms = Number.isNaN(told) ? Number(timestamp ?? 0) * 1000 : told;
  // What Date cannot hold, it would throw at.
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : 0;
}
