import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { MicroError, unavailable } from "../../errors/index.ts";
import { formatAddress, parseAddress } from "../../registry/index.ts";
import { type ServerTls, serverSettings, useCertificates } from "../../transport/tls/index.ts";
import type { Event } from "../broker.ts";
import { DIALECTS } from "./dialect.ts";
import { decodeEvent } from "./wire.ts";

export interface ReceiverOptions {
  /** `host:port` to listen on. */
  readonly address: string;
  /** HTTPS. Default: plain HTTP. */
  readonly tls: ServerTls | undefined;
  /** Told one line when new certificates cannot be used. */
  readonly onProblem: (line: string) => void;
  /** Largest request body. */
  readonly maxBodyBytes: number;
  /** Bytes of bodies that may be arriving at once, of all publishers together. Default 64 MiB. */
  readonly maxArrivingBytes?: number | undefined;
  /** An event for the subscription with this id; false when there is none. */
  readonly onEvent: (id: string, event: Event) => boolean;
}

/** Takes events from publishers, in all dialects: the path tells which. */
export interface Receiver {
  /** Resolves to the bound `host:port`. Rejects with MicroError 503 when it cannot be bound, naming it. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

const ID = "go.micro.broker";
/** Longer than publishers keep idle connections, so that they are the side that lets go. */
const IDLE_MS = 60_000;
const CLOSE_GRACE_MS = 1_000;

const LIMITS = {
  keepAliveTimeout: IDLE_MS,
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  // Node looks every 30 s only, whatever the times above say.
  connectionsCheckingInterval: 1_000,
};

export function createReceiver(options: ReceiverOptions): Receiver {
  const { address, tls, onProblem, maxBodyBytes, onEvent } = options;
  const arriving = createArriving(Math.max(options.maxArrivingBytes ?? 64 * 1024 * 1024, maxBodyBytes));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Taken apart by hand: `POST //` is a request too, and no URL.
    const [path, query = ""] = (request.url ?? "").split("?", 2);
    const dialect = DIALECTS.find((known) => known.path === path);
    if (dialect === undefined) return end(response, 404);
    if (request.method !== "POST") return end(response.setHeader("allow", "POST"), 405);
    try {
      const event = decodeEvent(await readBody(request, maxBodyBytes, arriving), dialect);
      const taken = onEvent(new URLSearchParams(query).get("id") ?? "", event);
      // 200 whatever becomes of it. go-micro's publishers do not look; ours take an event elsewhere that nobody has here.
      end(response, taken ? 200 : 404);
    } catch (error) {
      const { code, detail } = MicroError.from(error, ID);
      const isRefused = code === 413 || code === 503;
      const status = isRefused ? code : 500;
      if (isRefused) response.setHeader("connection", "close");
      response.setHeader("content-type", "application/json");
      end(response, status, JSON.stringify(new MicroError({ id: ID, code: status, detail })));
    }
  }
  const server =
    tls === undefined ? createServer(LIMITS) : createTlsServer({ ...LIMITS, ...serverSettings(tls) });
  server.on("request", (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = 1_000;
  server.maxHeadersCount = 50;

  return {
    async listen() {
      const { host, port } = parseAddress(address);
      if (tls !== undefined) await useCertificates(server as TlsServer, tls, { onProblem });
      await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
          const cause = error.code === "EADDRINUSE" ? "the address is in use" : error.message;
          reject(unavailable(ID, `http broker cannot listen on ${address}: ${cause}`));
        });
        server.listen({ port, ...(host === "" ? {} : { host }) }, resolve);
      });
      server.removeAllListeners("error");
      const bound = server.address() as AddressInfo;
      return formatAddress(bound.address, bound.port);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function end(response: ServerResponse, status: number, body = ""): void {
  response.statusCode = status;
  response.end(body);
}

/** What is held of events that have not arrived whole. */
interface Arriving {
  /** False: there is no room for so much more. */
  add(bytes: number): boolean;
  remove(bytes: number): void;
}

function createArriving(maxBytes: number): Arriving {
  let held = 0;
  return {
    add(bytes) {
      if (held + bytes > maxBytes) return false;
      held += bytes;
      return true;
    },
    remove(bytes) {
      held -= bytes;
    },
  };
}

/** Read by events: leaving a `for await` early would cut the connection before it got its answer. */
function readBody(request: IncomingMessage, maxBytes: number, arriving: Arriving): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (code: number, detail: string) => {
      chunks.length = 0;
      request.pause();
      reject(new MicroError({ id: ID, code, detail }));
    };
    request.on("data", (chunk: Buffer) => {
      if (size + chunk.length > maxBytes) refuse(413, `event is larger than ${maxBytes} bytes`);
      else if (!arriving.add(chunk.length)) refuse(503, "too many events are arriving at once");
      else {
        size += chunk.length;
        chunks.push(chunk);
      }
    });
    // Told in any case, and last of all.
    request.on("close", () => arriving.remove(size));
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}
