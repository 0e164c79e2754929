import { type CallOptions, jsonMethod, MicroError } from "@micro-service/runtime";
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
}

/** `micro call SERVICE ENDPOINT [JSON]`: the reply as indented JSON, or as it came with `-o raw`. */
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
  await withConnection(connect({ ...flags }, terminal), async ({ client }) => {
    const reply = await client.unary(service, method, text, options).catch((reason: unknown) => {
      throw callFailed(service, endpoint, reason);
    });
    terminal.out(`${flags.output === "raw" ? reply : indentJson(reply)}\n`);
  });
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
