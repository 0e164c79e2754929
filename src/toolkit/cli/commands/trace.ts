import { jsonMethod } from "@micro-service/runtime";
import { type Asked, askNodes, failForSilent } from "../ask-nodes.ts";
import { type Connect, withConnection } from "../connect.ts";
import { harmless } from "../harmless.ts";
import { durationMs } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface TraceFlags {
  readonly address?: string;
  readonly timeout: string;
  readonly json?: boolean;
  readonly id?: string;
}

/** A span as `Debug.Trace` tells it in JSON; the type is left out for INBOUND. */
interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  /** Nanoseconds. */
  readonly started: string;
  readonly duration: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Who told it. */
  readonly service: string;
}

/** `micro trace SERVICE...`: the last calls of all their nodes, those of one trace below each other. */
export async function trace(
  services: readonly string[],
  flags: TraceFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  const request = JSON.stringify({ id: flags.id ?? "" });
  await withConnection(connect({ ...flags }, terminal), async (connection) => {
    const asked: Asked<readonly Span[]>[] = [];
    for (const service of services)
      asked.push(
        ...(await askNodes(connection, service, { address: flags.address, timeoutMs }, async (options) => {
          const method = jsonMethod("Debug.Trace");
          const { spans = [] } = JSON.parse(
            await connection.client.unary(service, method, request, options),
          ) as {
            readonly spans?: readonly Partial<Span>[];
          };
          return spans.map((span) => filled(span, service));
        })),
      );
    const spans = asked.flatMap(({ answer = [] }) => answer);
    if (flags.json === true) terminal.out(`${JSON.stringify({ spans })}\n`);
    else for (const line of trees(spans)) terminal.out(`${line}\n`);
    failForSilent(asked);
  });
}

function filled(span: Partial<Span>, service: string): Span {
  return {
    trace: span.trace ?? "",
    id: span.id ?? "",
    parent: span.parent ?? "",
    name: span.name ?? "",
    started: digits(span.started),
    duration: digits(span.duration),
    type: span.type ?? "INBOUND",
    metadata: span.metadata ?? {},
    service,
  };
}

/** A number as 64-bit integers travel; anything else is none. */
function digits(text: string | undefined): string {
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : "0";
}

/** Lines of each trace, the oldest first. */
function* trees(spans: readonly Span[]): Generator<string> {
  const sorted = [...spans].sort((a, b) => Number(BigInt(a.started) - BigInt(b.started)));
  const known = new Set(sorted.map(({ id }) => id));
  const seen = new Set<Span>();
  for (const id of new Set(sorted.map((span) => span.trace))) {
    yield `trace ${harmless(id)}`;
    const own = sorted.filter((span) => span.trace === id);
    const below = function* (parent: string, depth: number): Generator<string> {
      for (const span of own) {
        if (seen.has(span) || span.parent !== parent) continue;
        seen.add(span);
        yield line(span, depth);
        yield* below(span.id, depth + 1);
      }
    };
    for (const span of own)
      if (!seen.has(span) && (span.parent === "" || !known.has(span.parent))) {
        seen.add(span);
        yield line(span, 1);
        yield* below(span.id, 2);
      }
    // Spans that name each other as parents.
    for (const span of own) if (!seen.has(span)) yield line(span, 1);
  }
}

function line({ started, duration, type, name, metadata, service }: Span, depth: number): string {
  const time = new Date(Number(BigInt(started) / 1_000_000n)).toISOString().slice(11, 23);
  const ms = `${(Number(duration) / 1e6).toFixed(1)} ms`.padStart(11);
  const way = type === "OUTBOUND" ? `${service} -> ${metadata.service ?? "event"}` : service;
  return `${time} ${ms}${"  ".repeat(depth)}${harmless(name)}  ${harmless(metadata.code ?? "")}  ${harmless(way)}`;
}
