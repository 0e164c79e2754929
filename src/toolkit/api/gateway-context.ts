import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallOptions, Client, Endpoint, Node } from "@micro-service/runtime";
import type { Catalog } from "../gateway/catalog.ts";
import type { RpcMethods } from "./raw-method.ts";
import { requestMetadata } from "./request-metadata.ts";

/** What the handlers of one gateway share. */
export interface GatewayContext {
  readonly client: Client;
  readonly catalog: Catalog;
  /** Id of the errors we make: the namespace. */
  readonly id: string;
  readonly timeoutMs: number;
  readonly streamTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly trustForwarded: boolean;
  readonly isCallable: (node: Node) => boolean;
  readonly methods: RpcMethods;
}

/** One request on its way through a handler. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly segments: readonly string[];
  readonly rawPath: string;
  readonly query: string;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** Where a request goes. */
export interface Target {
  /** Full name on the registry. */
  readonly service: string;
  /** `Greeter.Hello`. */
  readonly endpoint: string;
  readonly handler: "rpc" | "api";
  /** What the registry says of the endpoint; undefined when the service tells nothing about its endpoints. */
  readonly record: Endpoint | undefined;
  /** Captured by a path template. */
  readonly fields: ReadonlyMap<string, string>;
  /** Field that takes the body; `*` for the whole message; undefined when a template says that there is no body. */
  readonly body: string | undefined;
}

/** Options of the call that answers an exchange. */
export function callOptions(context: GatewayContext, exchange: Exchange, target: Target): CallOptions {
  return {
    timeoutMs: context.timeoutMs,
    signal: exchange.signal,
    metadata: requestMetadata(exchange.request, { trustForwarded: context.trustForwarded }),
    // Versions side by side need not have the same endpoints: only those that know this one are asked.
    filter: ({ node, service }) =>
      context.isCallable(node) &&
      (service.endpoints.length === 0 || service.endpoints.some(({ name }) => name === target.endpoint)),
  };
}
