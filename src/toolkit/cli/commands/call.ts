import { type CallOptions, jsonMethod, MicroError, type Registry } from "@micro-service/runtime";
import { type Connect, withConnection } from "../connect.ts";
import { CommandError, ExitCode, usageError } from "../exit-code.ts";
import { indentJson } from "../indent-json.ts";
import { durationMs, jsonText } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface CallFlags {
  readonly address?: string;
  readonly output: "json" | "raw";
  readonly metadata?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  /** One line of JSON. */
  readonly json?: boolean;
}

/** `micro call SERVICE ENDPOINT [JSON]`: the reply as indented JSON, as it came with `-o raw`, in one line with `--json`. */
export async function call(
  service: string,
  endpoint: string,
  request: readonly string[],
  flags: CallFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const method = methodOf(endpoint, "unary");
  // Go-micro joins what the shell took apart.
  const text = jsonText("the request", request.length === 0 ? "{}" : request.join(" "));
  const options = callOptions(flags);
  await withConnection(connect({ ...flags }, terminal), async ({ client, registry }) => {
    if (flags.address === undefined) await refuseStream(registry, service, method);
    const reply = await client.unary(service, method, text, options).catch((reason: unknown) => {
      throw callFailed(service, endpoint, reason);
    });
    terminal.out(`${formatReply(reply, flags)}\n`);
  });
}

/** A message as the flags want it; `--json` takes out the line breaks that an indenting service put in. */
export function formatReply(reply: string, { output, json }: Pick<CallFlags, "output" | "json">): string {
  if (json === true) return JSON.stringify(JSON.parse(reply));
  return output === "raw" ? reply : indentJson(reply);
}

/**
 * A stream called as if it answered once would start, and be cut or seem to work when it has one message. Endpoints that
 * are not registered are left to the service.
 */
async function refuseStream(
  registry: Registry,
  service: string,
  method: { readonly service: string; readonly name: string },
): Promise<void> {
  // A registry that cannot be asked is the call's own error.
  const records = await registry.getService(service).catch(() => []);
  const endpoint = `${method.service.slice(method.service.lastIndexOf(".") + 1)}.${method.name}`;
  const found = records.flatMap(({ endpoints }) => endpoints).find(({ name }) => name === endpoint);
  if (found?.metadata.stream === "true") {
    throw new CommandError(
      ExitCode.failure,
      `${endpoint} is a stream: use micro stream ${service} ${endpoint}`,
    );
  }
}

/** `Greeter.Hello`, or a usage error that says what an endpoint looks like. */
export function methodOf<Kind extends "unary" | "bidiStream">(endpoint: string, kind: Kind) {
  try {
    return jsonMethod(endpoint, kind);
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

export function callOptions(flags: CallFlags): CallOptions {
  return {
    contentType: "application/json",
    ...(flags.address === undefined ? {} : { address: flags.address }),
    ...(flags.metadata === undefined ? {} : { metadata: flags.metadata }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: durationMs("timeout", flags.timeout) }),
  };
}

/** `error calling S.E: {"id":...}`, as micro prints it. */
export function callFailed(service: string, endpoint: string, reason: unknown): CommandError {
  const error = MicroError.from(reason, "go.micro.cli");
  const message = `error calling ${service}.${endpoint}: ${JSON.stringify(error)}`;
  return new CommandError(ExitCode.failure, message, { cause: reason });
}
