import http from "node:http";
import https from "node:https";
import { MicroError, unavailable } from "../../errors/index.ts";

const ID = "go.micro.registry";
// One answer holds all records of a service, at most of all services.
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** TLS to etcd; names as in `node:tls`. Certificates are always verified. */
export interface EtcdTls {
  /** PEM of the authority that signed etcd's certificate. Default: the system's. */
  readonly ca?: string | Buffer | undefined;
  /** PEM of our own certificate and key, where etcd asks for one. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
}

export interface GatewayOptions {
  /** `host:port`, without scheme. Tried in order, beginning with the last that worked. */
  readonly addresses: readonly string[];
  readonly timeoutMs: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: EtcdTls | undefined;
}

/** etcd's v3 API as JSON over HTTP (its "gRPC gateway"): bytes are base64, 64-bit numbers are strings. */
export interface Gateway {
  /** One question, one answer. Rejects with MicroError 503 that names the addresses. */
  call(path: string, body: object, signal?: AbortSignal | undefined): Promise<Record<string, unknown>>;
  /** The answers of a stream, one JSON per line; each is the line's `result`. Ends or throws when the stream does. */
  stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<Record<string, unknown>>;
  close(): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { addresses, timeoutMs, tls, username } = options;
  const { request } = tls === undefined ? http : https;
  // A lookup after a pause must not pay for a new connection; an idle one does not keep the process.
  const agent =
    tls === undefined ? new http.Agent({ keepAlive: true }) : new https.Agent({ keepAlive: true, ...tls });
  const where = `registry etcd (${addresses.join(", ")})`;
  let current = 0;
  let token: Promise<string> | undefined;

  const send = (address: string, path: string, body: object, init: { signal: AbortSignal; token?: string }) =>
    new Promise<http.IncomingMessage>((resolve, reject) => {
      const payload = JSON.stringify(body);
      const headers: http.OutgoingHttpHeaders = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(payload),
      };
      if (init.token !== undefined) headers.authorization = init.token;
      const scheme = tls === undefined ? "http" : "https";
      const sent = request(`${scheme}://${address}/v3${path}`, {
        method: "POST",
        headers,
        agent,
        signal: init.signal,
      });
      sent.on("response", resolve);
      sent.on("error", reject);
      sent.end(payload);
    });

  const once = async (
    address: string,
    path: string,
    body: object,
    init: { signal: AbortSignal; token?: string },
  ) => {
    const response = await send(address, path, body, init);
    return readAnswer(response, await readAll(response), where);
  };

  /** etcd gives tokens for a name and password; they expire, see `withToken`. */
  const authenticate = (address: string, signal: AbortSignal): Promise<string> | undefined => {
    if (username === undefined) return undefined;
    token ??= once(
      address,
      "/auth/authenticate",
      { name: username, password: options.password ?? "" },
      { signal },
    ).then((answer) => String(answer.token));
    token.catch(() => {
      token = undefined;
    });
    return token;
  };

  /** Runs `attempt` with a token, once more with a new one when etcd no longer knows it. */
  const withToken = async <T>(
    address: string,
    signal: AbortSignal,
    attempt: (init: { signal: AbortSignal; token?: string }) => Promise<T>,
  ): Promise<T> => {
    const held = await authenticate(address, signal);
    try {
      return await attempt(held === undefined ? { signal } : { signal, token: held });
    } catch (error) {
      if (held === undefined || !MicroError.is(error) || error.code !== 401) throw error;
      token = undefined;
      const fresh = await authenticate(address, signal);
      return attempt(fresh === undefined ? { signal } : { signal, token: fresh });
    }
  };

  /** Tries every address once; an answer that is an error is an answer. */
  const anywhere = async <T>(
    attempt: (address: string) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    let problem: unknown;
    for (let i = 0; i < addresses.length; i++) {
      const index = (current + i) % addresses.length;
      try {
        const result = await attempt(addresses[index]!);
        current = index;
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (MicroError.is(error)) throw error;
        problem = error;
      }
    }
    throw new MicroError({
      id: ID,
      code: 503,
      detail: `${where} ${reasonOf(problem, timeoutMs)}`,
      cause: problem,
    });
  };

  return {
    call(path, body, signal) {
      return anywhere((address) => {
        const limit = AbortSignal.timeout(timeoutMs);
        const both = signal === undefined ? limit : AbortSignal.any([limit, signal]);
        return withToken(address, both, (init) => once(address, path, body, init));
      }, signal);
    },

    async *stream(path, body, signal) {
      const response = await anywhere(
        (address) =>
          withToken(address, signal, async (init) => {
            const started = await send(address, path, body, init);
            if (started.statusCode !== 200) readAnswer(started, await readAll(started), where);
            return started;
          }),
        signal,
      );
      // A watch waits for years; it must not keep a finished process.
      response.socket.unref();
      yield* readLines(response);
    },

    close() {
      agent.destroy();
    },
  };
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error("answer too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readAnswer(response: http.IncomingMessage, body: string, where: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw unavailable(ID, `${where} does not answer like etcd (HTTP ${response.statusCode})`);
  }
  const answer = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  if (response.statusCode === 200) return answer;
  const message = String(answer.message ?? answer.error ?? `HTTP ${response.statusCode}`);
  throw new MicroError({
    id: ID,
    code: response.statusCode === 401 || /invalid auth token/.test(message) ? 401 : 503,
    detail: `${where} refused: ${message}`,
  });
}

async function* readLines(response: http.IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  let rest = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    if (rest.length > MAX_ANSWER_BYTES) throw new Error("answer too large");
    for (const line of lines) {
      const json = JSON.parse(line) as { result?: Record<string, unknown>; error?: { message?: string } };
      if (json.result === undefined) throw new Error(json.error?.message ?? "stream failed");
      yield json.result;
    }
  }
}

function reasonOf(problem: unknown, timeoutMs: number): string {
  const { code, name } = (problem ?? {}) as NodeJS.ErrnoException;
  if (name === "TimeoutError" || code === "ABORT_ERR") return `did not answer within ${timeoutMs} ms`;
  if (code === "ECONNREFUSED") return "cannot be reached: connection refused";
  return `cannot be reached${code === undefined ? "" : `: ${code}`}`;
}
