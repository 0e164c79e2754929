import { type Client, jsonMethod, MicroError, type Node } from "@micro-service/runtime";
import { type Connect, withConnection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { findService } from "../find-service.ts";
import { harmless } from "../harmless.ts";
import { durationMs } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface HealthFlags {
  readonly address?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

interface NodeHealth {
  readonly id: string;
  readonly address: string;
  /** `ok`, or why not. */
  readonly status: string;
}

/** `micro health SERVICE`: asks every node; exit code 1 unless all are well. */
export async function health(
  service: string,
  flags: HealthFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  await withConnection(connect({ ...flags }, terminal), async ({ client, registry }) => {
    if (flags.address !== undefined) {
      const status = await statusOf(client, service, { address: flags.address, timeoutMs });
      terminal.out(flags.json === true ? `${JSON.stringify({ status })}\n` : `${harmless(status)}\n`);
      return failUnless(status === "ok", `${service} at ${flags.address} is not well`);
    }
    const records = await findService(registry, service);
    const versions = await Promise.all(
      records.map(async ({ version, nodes }) => ({
        version,
        nodes: await Promise.all(nodes.map((node) => nodeHealth(client, service, node, timeoutMs))),
      })),
    );
    terminal.out(
      flags.json === true ? `${JSON.stringify({ service, versions })}\n` : table(service, versions),
    );
    const ill = versions.flatMap(({ nodes }) => nodes).filter((node) => node.status !== "ok");
    failUnless(ill.length === 0, `${ill.length} of the nodes of ${service} are not well`);
  });
}

async function nodeHealth(
  client: Client,
  service: string,
  node: Node,
  timeoutMs: number,
): Promise<NodeHealth> {
  const { id, address, metadata } = node;
  // A node without a protocol speaks HTTP only: a web service, whose application answers.
  const status =
    metadata.protocol === undefined
      ? await pageStatus(address, timeoutMs)
      : await statusOf(client, service, { address, timeoutMs });
  return { id, address, status };
}

async function statusOf(
  client: Client,
  service: string,
  { address, timeoutMs }: { readonly address: string; readonly timeoutMs: number },
): Promise<string> {
  try {
    const options = { address, timeoutMs, retries: 0, contentType: "application/json" };
    const reply = JSON.parse(await client.unary(service, jsonMethod("Debug.Health"), "{}", options)) as {
      status?: unknown;
    };
    return typeof reply.status === "string" ? reply.status : "no status";
  } catch (reason) {
    return MicroError.from(reason, service).detail;
  }
}

async function pageStatus(address: string, timeoutMs: number): Promise<string> {
  try {
    const answer = await fetch(`http://${address}/healthz`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "manual",
    });
    await answer.body?.cancel();
    // An application without such a page says 404, and is well enough to say so.
    return answer.status < 500 ? "ok" : `HTTP ${answer.status} at /healthz`;
  } catch (reason) {
    const { cause } = reason as Error;
    return cause instanceof Error ? cause.message : (reason as Error).message;
  }
}

const HEADING: NodeHealth = { id: "node", address: "address:port", status: "status" };

function table(
  service: string,
  versions: readonly { version: string; nodes: readonly NodeHealth[] }[],
): string {
  const lines = [`service  ${service}`];
  const rows = [HEADING, ...versions.flatMap(({ nodes }) => nodes)];
  const idWidth = Math.max(...rows.map(({ id }) => id.length));
  const addressWidth = Math.max(...rows.map(({ address }) => address.length));
  // Micro's two tabs between the columns; they stand below each other because of the spaces.
  const line = ({ id, address, status }: NodeHealth): string =>
    [id.padEnd(idWidth), address.padEnd(addressWidth), status].map(harmless).join("\t\t");
  for (const { version, nodes } of versions) {
    lines.push("", `version ${harmless(version)}`, "", line(HEADING), ...nodes.map(line));
  }
  return `${lines.join("\n")}\n`;
}

function failUnless(well: boolean, message: string): void {
  if (!well) throw new CommandError(ExitCode.failure, message);
}
