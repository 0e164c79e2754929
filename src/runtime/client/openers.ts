import type { Http2Engine } from "../http2/index.ts";
import {
  type ChannelOpener,
  createConnectOpener,
  createGrpcOpener,
  createGrpcWebOpener,
  createJsonOpener,
  createMucpOpener,
  type HttpVersion,
} from "../protocol/index.ts";
import type { Transport } from "../transport/index.ts";

export interface OpenersInit {
  readonly transport: Transport;
  readonly engine: Http2Engine;
  readonly poolSize: number | undefined;
  readonly poolTtlMs: number | undefined;
  readonly httpVersion: HttpVersion | undefined;
}

/** Every way to a node, the best wire first. */
export function createOpeners({ httpVersion, ...reach }: OpenersInit): ChannelOpener[] {
  return [
    createGrpcOpener(reach),
    createConnectOpener(reach, httpVersion ?? "2"),
    createGrpcWebOpener(reach, httpVersion ?? "2"),
    // Whoever offers nothing but JSON is often no more than HTTP/1.1.
    createJsonOpener(reach, httpVersion ?? "1.1"),
    createMucpOpener(reach),
  ];
}
