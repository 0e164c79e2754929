import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { type Exchange, type OpenExchange, UnimplementedError } from "./exchange.ts";
import { LiveError } from "./live-error.ts";

/** Longest single message; a schema of 16 MiB may come as one. */
const maxMessageBytes = 16 * 1024 * 1024;
const UNIMPLEMENTED = 12;

/**
 * gRPC over node:http2, as much of it as reflection needs: one stream, uncompressed messages, one question at a time.
 * A client of its own, because the tool does not have the runtime, and the server may be anybody's.
 *
 * @param authority `http://127.0.0.1:50051`
 * @param name how the server is called in messages
 * @param ca whose certificates are believed, PEM; default: those that Node knows
 */
export function grpcExchange(authority: string, name: string, ca?: string): OpenExchange {
  return (path, signal) => createExchange({ authority, name, ca }, path, signal);
}

interface Server {
  readonly authority: string;
  readonly name: string;
  readonly ca: string | undefined;
}

function createExchange({ authority, name, ca }: Server, path: string, signal: AbortSignal): Exchange {
  let session: ClientHttp2Session | undefined;
  let stream: ClientHttp2Stream | undefined;
  /** What came and was not handed over yet. */
  let chunks: Buffer[] = [];
  let size = 0;
  let failure: Error | undefined;
  let waiting: { resolve(message: Uint8Array): void; reject(error: Error): void } | undefined;

  function fail(error: Error): void {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
    close();
  }
  function close(): void {
    signal.removeEventListener("abort", onAbort);
    stream?.destroy();
    session?.destroy();
  }
  const onAbort = () => fail(abortReason(signal, name));

  /** Hands over a message once it is whole. */
  function deliver(): void {
    if (waiting === undefined || size < 5) return;
    if ((chunks[0] as Buffer).length < 5) chunks = [Buffer.concat(chunks)];
    const head = chunks[0] as Buffer;
    const length = head.readUInt32BE(1);
    const problem =
      head[0] !== 0
        ? "compresses although nobody asked it to"
        : length > maxMessageBytes
          ? `wants to send ${length} bytes of schema in one message`
          : undefined;
    if (problem !== undefined) {
      fail(new LiveError("refused", `${name} ${problem}.`));
      return;
    }
    if (size < 5 + length) return;
    const all = Buffer.concat(chunks);
    chunks = [all.subarray(5 + length)];
    size -= 5 + length;
    waiting.resolve(all.subarray(5, 5 + length));
    waiting = undefined;
  }

  function onHeaders(headers: IncomingHttpHeaders): void {
    const status = Number(headers[constants.HTTP2_HEADER_STATUS]);
    const type = String(headers["content-type"] ?? "");
    if (status !== 200 || !type.startsWith("application/grpc")) {
      fail(
        new LiveError(
          "refused",
          `${name} is no gRPC server: it answers with status ${status} and type ${type || "none"}.`,
        ),
      );
    } else if (headers["grpc-status"] !== undefined) onTrailers(headers);
  }
  function onTrailers(headers: IncomingHttpHeaders): void {
    const status = Number(headers["grpc-status"]);
    const text = decodeMessage(String(headers["grpc-message"] ?? "")).slice(0, 200);
    const said = `${name} ends its reflection with gRPC status ${status}${text === "" ? "" : `: ${text}`}.`;
    fail(status === UNIMPLEMENTED ? new UnimplementedError(said) : new LiveError("refused", said));
  }

  function start(): ClientHttp2Stream {
    session = connect(authority, {
      settings: { enablePush: false, initialWindowSize: 1024 * 1024 },
      maxSessionMemory: 32,
      maxHeaderListPairs: 64,
      ...(ca !== undefined && { ca }),
    });
    session.on("error", (error) => fail(unreachable(name, error)));
    session.on("close", () => fail(new LiveError("unreachable", `${name} closed the connection.`)));
    const opened = session.request(
      {
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: `/${path}`,
        "content-type": "application/grpc",
        te: "trailers",
        "user-agent": "micro-gen",
      },
      { endStream: false },
    );
    opened.on("response", onHeaders).on("trailers", onTrailers);
    opened.on("error", (error) => fail(unreachable(name, error)));
    opened.on("close", () =>
      fail(new LiveError("refused", `${name} ended its reflection before it answered.`)),
    );
    opened.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      deliver();
      // Nobody asked for more than one answer.
      if (size > maxMessageBytes + 5)
        fail(new LiveError("refused", `${name} sends more than it was asked for.`));
    });
    return opened;
  }

  return {
    ask(message) {
      if (failure !== undefined) return Promise.reject(failure);
      if (signal.aborted) return Promise.reject(abortReason(signal, name));
      if (stream === undefined) {
        signal.addEventListener("abort", onAbort);
        stream = start();
      }
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      const answer = new Promise<Uint8Array>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      stream.write(Buffer.concat([head, message]));
      deliver();
      return answer;
    },
    close() {
      failure ??= new LiveError("unreachable", `The connection to ${name} is closed.`);
      close();
    },
  };
}

function unreachable(name: string, error: Error): LiveError {
  // A stream that never began says why in its cause.
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  const why =
    code === "ECONNREFUSED"
      ? "nothing listens there"
      : code === "ERR_HTTP2_ERROR" || /protocol error/i.test(error.message)
        ? "what listens there does not speak HTTP/2"
        : error.message;
  return new LiveError("unreachable", `Cannot reach ${name}: ${why}.`, { cause: error });
}

/** A timeout is the server's fault, an interruption is the user's wish. */
export function abortReason(signal: AbortSignal, name: string): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "TimeoutError")
    return new LiveError("unreachable", `${name} takes too long to tell its schema.`);
  return reason instanceof Error ? reason : new Error("interrupted");
}

function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
