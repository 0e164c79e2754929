import { jsonMethod } from "@micro-service/runtime";
import { type Asked, askNodes, failForSilent } from "../ask-nodes.ts";
import { type Connect, withConnection } from "../connect.ts";
import { harmless } from "../harmless.ts";
import { durationMs } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface StatsFlags {
  readonly address?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

/** `Debug.Stats` in JSON: 64-bit integers are texts. */
type Stats = Readonly<Record<string, string>>;

const HEADING = [
  "node",
  "address:port",
  "started",
  "uptime",
  "memory",
  "threads",
  "gc",
  "requests",
  "errors",
];

/** `micro stats SERVICE`: what every node counted, in Micro's table with requests and errors behind it. */
export async function stats(
  service: string,
  flags: StatsFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  await withConnection(connect({ ...flags }, terminal), async (connection) => {
    const asked = await askNodes(
      connection,
      service,
      { address: flags.address, timeoutMs },
      async (options) =>
        JSON.parse(await connection.client.unary(service, jsonMethod("Debug.Stats"), "{}", options)) as Stats,
    );
    terminal.out(flags.json === true ? asJson(service, asked) : asTable(service, asked));
    failForSilent(asked);
  });
}

function asJson(service: string, asked: readonly Asked<Stats>[]): string {
  const nodes = asked.map(({ version, node, answer, problem }) => ({
    id: node.id,
    address: node.address,
    version,
    ...(answer === undefined ? { problem } : { stats: answer }),
  }));
  return `${JSON.stringify({ service, nodes })}\n`;
}

function asTable(service: string, asked: readonly Asked<Stats>[]): string {
  const lines = [`service  ${service}`];
  for (const version of new Set(asked.map((one) => one.version))) {
    const rows = [
      HEADING,
      ...asked
        .filter((one) => one.version === version && one.answer !== undefined)
        .map(({ node, answer = {} }) => [harmless(node.id), harmless(node.address), ...columns(answer)]),
    ];
    const widths = HEADING.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    lines.push("", `version ${harmless(version)}`, "");
    for (const row of rows)
      lines.push(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("\t")
          .trimEnd(),
      );
  }
  return `${lines.join("\n")}\n`;
}

function columns(stats: Stats): string[] {
  const number = (name: string) => Number(stats[name] ?? 0);
  return [
    started(number("started")),
    uptime(number("uptime")),
    `${(number("memory") / 1024 / 1024).toFixed(2)}mb`,
    String(number("threads")),
    `${(number("gc") / 1e6).toFixed(2)}ms`,
    String(number("requests")),
    String(number("errors")),
  ];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** As Micro writes it: `Nov 22 15:04:05`. */
function started(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${MONTHS[date.getMonth()]} ${date.getDate()} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** As Go writes it: `1h2m3s`. */
function uptime(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds % 60}s`;
}
