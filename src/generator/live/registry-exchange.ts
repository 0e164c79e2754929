import type { Exchange, OpenExchange } from "./exchange.ts";
import { UnimplementedError } from "./exchange.ts";
import { abortReason } from "./grpc-exchange.ts";
import { LiveError } from "./live-error.ts";
import type { Connection } from "./project-runtime.ts";

/** Messages as they are, for the runtime's client. */
const rawMessage = {
  typeName: "bytes",
  create: () => new Uint8Array(),
  encode: (message: Uint8Array) => message,
  decode: (bytes: Uint8Array, start = 0, end = bytes.length) => Uint8Array.from(bytes.subarray(start, end)),
};

/** The runtime's error codes, as HTTP has them. */
const NOT_FOUND = 404;
const NOT_IMPLEMENTED = 501;
const UNREACHABLE: readonly unknown[] = [NOT_FOUND, 408, 502, 503, 504];

/**
 * Calls a service by its name on the registry with the project's runtime: whatever wire and certificates the nodes want.
 *
 * @param address one node's; default: any node
 */
export function registryExchange(connection: Connection, service: string, address?: string): OpenExchange {
  return (path, signal) => {
    const [typeName = "", name = ""] = path.split("/");
    const method = {
      name,
      kind: "bidiStream",
      service: typeName,
      input: rawMessage,
      output: rawMessage,
      idempotency: "noSideEffects",
    };
    const ended = new AbortController();
    const questions = createQueue();
    const answers = connection.client
      .bidiStream(service, method, questions.items, {
        signal: AbortSignal.any([signal, ended.signal]),
        ...(address !== undefined && { address }),
      })
      [Symbol.asyncIterator]();
    return {
      async ask(message) {
        questions.push(message);
        try {
          const { done, value } = await answers.next();
          if (done !== true) return value;
        } catch (error) {
          throw signal.aborted ? abortReason(signal, service) : translate(error, service);
        }
        throw new LiveError("refused", `${service} ended its reflection before it answered.`);
      },
      close() {
        questions.end();
        ended.abort();
      },
    } satisfies Exchange;
  };
}

function translate(error: unknown, service: string): Error {
  const { code, detail } = error as { readonly code?: unknown; readonly detail?: unknown };
  if (code === NOT_IMPLEMENTED) return new UnimplementedError();
  const text = typeof detail === "string" ? detail : (error as Error).message;
  return new LiveError(
    UNREACHABLE.includes(code) ? "unreachable" : "refused",
    // Some end in a question: did you mean ...?
    `Cannot ask ${service}: ${text}${/[.?!]$/.test(text) ? "" : "."}`,
    {
      cause: error,
    },
  );
}

/** Items for a reader that waits for them. */
function createQueue() {
  const pending: Uint8Array[] = [];
  let wake = () => {};
  let ended = false;
  async function* items(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = pending.shift();
      if (next !== undefined) yield next;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    items: items(),
    push(item: Uint8Array) {
      pending.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  };
}
