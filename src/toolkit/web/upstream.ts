import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { type Node, parseAddress } from "@micro-service/runtime";

/** How long the proxy waits for a web service. */
export interface UpstreamOptions {
  /** Default 2000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Time without a byte from the service before and within the answer. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface UpstreamRequest {
  readonly node: Node;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Connections to the nodes of web services. */
export interface Upstream {
  /** Starts a request; the caller writes the body and listens for `response`, `upgrade` and `error`. */
  open(request: UpstreamRequest): ClientRequest;
  close(): void;
}

export function createUpstream(options: UpstreamOptions = {}): Upstream {
  const connectTimeoutMs = options.connectTimeoutMs ?? 2_000;
  const idleTimeoutMs = options.idleTimeoutMs ?? 60_000;
  // No limit on open ones: each belongs to a request of ours, and a queue behind slow streams would have no end.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  return {
    open({ node, method, path, headers }) {
      const { host, port } = parseAddress(node.address);
      // A response under way is not reused for another request: node:http frees a socket only after its whole answer.
      const request = httpRequest({
        agent,
        host,
        port,
        method,
        path,
        setHost: false,
        headers: { ...Object.fromEntries(headers), host: node.address } as Record<string, string[] | string>,
        maxHeaderSize: 32 * 1024,
      });
      // Whoever opened it hears the first error; a later one must not end the process.
      request.on("error", () => {});
      limitConnecting(request, node.address, connectTimeoutMs);
      request.setTimeout(idleTimeoutMs, () => {
        request.destroy(new UpstreamSilentError(`${node.address} was silent for ${idleTimeoutMs} ms`));
      });
      return request;
    },
    close: () => agent.destroy(),
  };
}

/** A node sent nothing for `idleTimeoutMs`. */
export class UpstreamSilentError extends Error {
  override readonly name = "UpstreamSilentError";
}

/** True when the node certainly has not seen the request: it can be sent to another. */
export function isConnectFailure(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === "connect" || code === CONNECT_TIMEOUT;
}

const CONNECT_TIMEOUT = "MICRO_CONNECT_TIMEOUT";

function limitConnecting(request: ClientRequest, address: string, timeoutMs: number): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      const error = new Error(`${address} did not accept a connection within ${timeoutMs} ms`);
      request.destroy(Object.assign(error, { code: CONNECT_TIMEOUT }));
    }, timeoutMs);
    socket.once("connect", () => clearTimeout(timer));
    socket.once("close", () => clearTimeout(timer));
  });
}

/** The answer of a started request. Rejects with what made it fail. */
export function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
}
