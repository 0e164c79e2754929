import { type CallOptions, type Connection, MicroError, type Node } from "@micro-service/runtime";
import { CommandError, ExitCode } from "./exit-code.ts";
import { findService } from "./find-service.ts";
import { harmless } from "./harmless.ts";

/** What a node said, or why it said nothing. */
export interface Asked<T> {
  readonly service: string;
  readonly version: string;
  readonly node: Node;
  readonly answer?: T;
  readonly problem?: string;
}

/** Which nodes, and how long each may take. */
export interface AskOptions {
  /** This one only; the registry is not asked. */
  readonly address?: string | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks every node of a service at once. Throws CommandError when the service is not known. */
export async function askNodes<T>(
  { registry }: Pick<Connection, "registry">,
  service: string,
  { address, timeoutMs, signal }: AskOptions,
  ask: (options: CallOptions, node: Node) => Promise<T>,
): Promise<Asked<T>[]> {
  const records =
    address === undefined
      ? await findService(registry, service)
      : [{ version: "", nodes: [{ id: "", address, metadata: { protocol: "" } }] }];
  const nodes = records.flatMap(({ version, nodes: own }) => own.map((node) => ({ service, version, node })));
  return Promise.all(
    nodes.map(async (one): Promise<Asked<T>> => {
      // A web service's application has the port to itself.
      if (one.node.metadata.protocol === undefined)
        return { ...one, problem: "is a web service, which has no Debug" };
      try {
        const options = {
          address: one.node.address,
          timeoutMs,
          retries: 0,
          contentType: "application/json",
          ...(signal === undefined ? {} : { signal }),
        };
        return { ...one, answer: await ask(options, one.node) };
      } catch (reason) {
        return { ...one, problem: MicroError.from(reason, service).detail };
      }
    }),
  );
}

/** Throws CommandError when a node said nothing, after everything else was printed. */
export function failForSilent(asked: readonly Asked<unknown>[]): void {
  const silent = asked.filter(({ problem }) => problem !== undefined);
  if (silent.length === 0) return;
  const lines = silent.map(({ service, node, problem }) =>
    harmless(`${service} at ${node.address}: ${problem}`),
  );
  throw new CommandError(ExitCode.failure, lines.join("\n"));
}
