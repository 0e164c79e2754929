import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Node, parseAddress, type Transport } from "@micro-service/runtime";

/** How long the proxy waits for a web service. */
export interface UpstreamOptions {
  /** Default 2000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Time without a byte from the service before and within the answer. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** Connects to nodes that speak TLS, and makes sure who they are. Without one they cannot be reached. */
  readonly transport?: Transport | undefined;
}

export interface UpstreamRequest {
  /** Whose node it is; over TLS it must prove that. */
  readonly service: string;
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
  const secureAgent = createSecureAgent(options.transport, connectTimeoutMs);
  return {
    open({ service, node, method, path, headers }) {
      const { host, port } = parseAddress(node.address);
      // A response under way is not reused for another request: node:http frees a socket only after its whole answer.
      const request = httpRequest({
        agent: isSecure(node) ? secureAgent : agent,
        ...(isSecure(node) ? { service } : {}),
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
    close() {
      agent.destroy();
      secureAgent.destroy();
    },
  };
}

/** Nodes tell on the registry whether they serve TLS; one that does is never spoken to in plain text. */
export function isSecure({ metadata }: Node): boolean {
  return metadata.secure === "true";
}

type Connected = (error: Error | null, connection?: Duplex) => void;

/** Dials by the transport, which checks that the node is one of the service that is asked for. */
function createSecureAgent(transport: Transport | undefined, timeoutMs: number): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  return Object.assign(agent, {
    // A connection that proved to be of one service is not used for another at the same address.
    getName: ({ service, host, port }: SecureOptions) => `${service} ${host}:${port}`,
    createConnection({ service, host, port }: SecureOptions, connected: Connected): undefined {
      const fail = (why: string) => connected(Object.assign(new Error(why), { code: NOT_CONNECTED }));
      if (transport?.secure !== true) {
        fail("it serves TLS; name the authority of its certificate with --client_tls_ca_file");
        return;
      }
      transport.dial(`${host}:${port}`, { service, wire: "http/1.1", timeoutMs }).then(
        (connection) => connected(null, connection),
        (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
      );
    },
  });
}

interface SecureOptions {
  readonly service: string;
  readonly host: string;
  readonly port: number;
}

/** A node sent nothing for `idleTimeoutMs`. */
export class UpstreamSilentError extends Error {
  override readonly name = "UpstreamSilentError";
}

/** True when the node certainly has not seen the request: it can be sent to another. */
export function isConnectFailure(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === "connect" || code === CONNECT_TIMEOUT || code === NOT_CONNECTED;
}

const CONNECT_TIMEOUT = "MICRO_CONNECT_TIMEOUT";
const NOT_CONNECTED = "MICRO_NOT_CONNECTED";

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
