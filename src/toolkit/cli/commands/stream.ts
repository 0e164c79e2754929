import { createInterface } from "node:readline";
import { type Connect, withConnection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { jsonText } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { type CallFlags, callFailed, callOptions, formatReply, methodOf } from "./call.ts";

const DEFAULT_TIMEOUT = "1h";

/**
 * `micro stream SERVICE ENDPOINT [JSON...]`: sends each JSON as a message (`-`: one per line of standard input), prints
 * every message that comes. Serves all three streaming kinds: on the wire they differ only in how many messages pass.
 */
export async function stream(
  service: string,
  endpoint: string,
  requests: readonly string[],
  flags: CallFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const method = methodOf(endpoint, "bidiStream");
  const texts = requests.map((text) => (text === "-" ? text : jsonText("a request", text)));
  const signal = terminal.onInterrupt();
  const options = { ...callOptions({ ...flags, timeout: flags.timeout ?? DEFAULT_TIMEOUT }), signal };
  await withConnection(connect({ ...flags }, terminal), async ({ client }) => {
    try {
      const messages = client.bidiStream(service, method, requestsOf(texts, terminal), options);
      for await (const message of messages) {
        terminal.out(`${formatReply(message, flags)}\n`);
      }
    } catch (reason) {
      if (signal.aborted) throw new CommandError(ExitCode.interrupted, "");
      if (reason instanceof CommandError) throw reason;
      throw callFailed(service, endpoint, reason);
    }
  });
}

async function* requestsOf(texts: readonly string[], terminal: Terminal): AsyncIterable<string> {
  if (texts.length === 0) yield "{}";
  for (const text of texts) {
    if (text !== "-") yield text;
    else {
      for await (const line of createInterface({ input: terminal.input })) {
        if (line.trim() !== "") yield jsonText("a line of standard input", line);
      }
    }
  }
}
