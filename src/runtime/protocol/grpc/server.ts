import type { Duplex } from "node:stream";
import type { Peer } from "../../context/index.ts";
import type {
  EngineLimits,
  EngineStream,
  HeaderBlock,
  Http2Engine,
  ServerSession,
} from "../../http2/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { ServerProtocol } from "../server-protocol.ts";
import { codecOfGrpcContentType } from "./content-type.ts";
import { refuse } from "./request.ts";
import { GrpcServerCall } from "./server-call.ts";

export interface GrpcServerOptions {
  readonly engine: Http2Engine;
  readonly limits?: EngineLimits | undefined;
  /** How long the one request of a unary or server-streaming call may take to arrive. Default 60000. */
  readonly requestArrivalTimeoutMs?: number | undefined;
}

/** gRPC over HTTP/2: unary and the three streaming kinds, protobuf and JSON. */
export function createGrpcServer(dispatcher: Dispatcher, options: GrpcServerOptions): ServerProtocol {
  const arrivalTimeoutMs = options.requestArrivalTimeoutMs ?? 60_000;
  const sessions = new Set<ServerSession>();
  let onEmpty: (() => void) | undefined;
  let draining = false;
  return {
    name: "grpc",
    accept(connection: Duplex, remoteAddress: string) {
      const peer: Peer = { address: remoteAddress, protocol: "grpc" };
      const session = options.engine.accept(
        connection,
        {
          onStream(stream: EngineStream, headers: HeaderBlock, ended: boolean) {
            const contentType = String(headers["content-type"] ?? "");
            const codec = codecOfGrpcContentType(contentType);
            if (codec === undefined) return refuse(stream, 415);
            if (headers[":method"] !== "POST") return refuse(stream, 405);
            const path = String(headers[":path"] ?? "").replace(/^\//, "");
            const request = { path, contentType, codec, headers, arrivalTimeoutMs };
            const call = new GrpcServerCall(stream, request, dispatcher, peer);
            call.start(ended);
            return call;
          },
          onClose() {
            sessions.delete(session);
            if (sessions.size === 0) onEmpty?.();
          },
        },
        options.limits,
      );
      sessions.add(session);
      if (draining) session.drain();
    },
    drain() {
      draining = true;
      for (const session of sessions) session.drain();
      if (sessions.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}
