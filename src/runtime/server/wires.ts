import { createNodeHttp2Engine } from "../http2/index.ts";
import {
  createConnectServer,
  createGrpcServer,
  createGrpcWebServer,
  createHttpServer,
  createJsonServer,
  createMucpServer,
  createPagesServer,
  type Dispatcher,
  jsonPage,
  type ServerProtocol,
} from "../protocol/index.ts";
import { type Listener, sniffWire, type Transport, type Wire } from "../transport/index.ts";
import type { ServerOptions } from "./create-server.ts";

const ARRIVAL_MS = 60_000;

export interface WiresOptions
  extends Pick<ServerOptions, "requestArrivalTimeoutMs" | "stallTimeoutMs" | "http2" | "cors" | "pages"> {
  readonly dispatcher: Dispatcher;
  /** What `/readyz` says. */
  isReady(): boolean;
}

/** One port, and everything that is spoken there. Used once: from `listen` to `destroy`. */
export interface Wires {
  /** `host:port` really bound. */
  readonly address: string;
  /** Accepts no more connections; those that are open live on. */
  close(): Promise<void>;
  /** Resolves when callers have heard that no more calls are taken, where a wire can tell them. */
  quiet(): Promise<unknown>;
  /** Lets calls end. Resolves when no connection is left. */
  drain(): Promise<unknown>;
  /** Cuts what is left. */
  destroy(): void;
}

/** Listens. Rejects when the port is taken, naming it and the flag that chooses another. */
export async function openWires(
  transport: Transport,
  address: string,
  options: WiresOptions,
): Promise<Wires> {
  const wires = protocolsOf(options);
  const protocols = Object.values(wires);
  const destroy = () => {
    for (const protocol of protocols) protocol.destroy();
  };
  const listener = await listen(transport, address, wires).catch((reason: unknown) => {
    destroy();
    throw reason;
  });
  return {
    address: listener.address,
    close: () => listener.close(),
    quiet: () => Promise.all(protocols.map((protocol) => protocol.quiet?.())),
    drain: () => Promise.all(protocols.map((protocol) => protocol.drain())),
    destroy,
  };
}

/** Every protocol over both versions of HTTP; asked in this order, the last takes what is left. mucp is no HTTP. */
function protocolsOf(options: WiresOptions): Readonly<Record<Wire, ServerProtocol>> {
  const { dispatcher, isReady, requestArrivalTimeoutMs, stallTimeoutMs } = options;
  const calls = { arrivalTimeoutMs: requestArrivalTimeoutMs ?? ARRIVAL_MS };
  const served = [
    createGrpcServer(dispatcher, calls),
    createGrpcWebServer(dispatcher, calls),
    createConnectServer(dispatcher, calls),
    createPagesServer({
      "/healthz": () => jsonPage(200, { status: "ok" }),
      "/readyz": () => (isReady() ? jsonPage(200, { status: "ok" }) : jsonPage(503, { status: "not ready" })),
      ...options.pages,
    }),
    createJsonServer(dispatcher, calls),
  ];
  const { http1, http2 } = createHttpServer(served, {
    engine: options.http2 ?? createNodeHttp2Engine(),
    limits: { stallTimeoutMs },
    http1: { stallTimeoutMs },
    cors: options.cors,
    serviceName: dispatcher.serviceName,
  });
  return { http1, http2, mucp: createMucpServer(dispatcher, { requestArrivalTimeoutMs, stallTimeoutMs }) };
}

/** The first bytes of a connection decide. */
async function listen(
  transport: Transport,
  address: string,
  wires: Readonly<Record<Wire, ServerProtocol>>,
): Promise<Listener> {
  try {
    return await transport.listen(address, (connection, remoteAddress) => {
      sniffWire(connection, (wire) => {
        wires[wire].accept(connection, remoteAddress);
      });
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new Error(`${address} is already in use; choose another with --server_address`, { cause });
  }
}
