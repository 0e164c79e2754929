import { unavailable } from "../../errors/index.ts";
import type { ClientSession, EngineLimits, Http2Engine } from "../../http2/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import type { Transport } from "../../transport/index.ts";
import { CLIENT_ID, errorOfAbort } from "../cancel-reason.ts";
import { type Channel, type ChannelCall, type ChannelOpener, markUnsent } from "../channel.ts";
import { GrpcStreamCall } from "./client-stream.ts";
import { GrpcUnaryCall } from "./client-unary.ts";

export interface GrpcOpenerOptions {
  readonly engine: Http2Engine;
  readonly transport: Transport;
  readonly limits?: EngineLimits | undefined;
}

/** gRPC to one node over one HTTP/2 connection, which carries any number of calls at once. */
export function createGrpcOpener(options: GrpcOpenerOptions): ChannelOpener {
  return {
    name: "grpc",
    async open(address, dialOptions) {
      try {
        const connection = await options.transport.dial(address, dialOptions);
        const limits = { settingsTimeoutMs: dialOptions.timeoutMs, ...options.limits };
        return new GrpcChannel(await options.engine.connect(connection, address, limits), address);
      } catch (cause) {
        if (dialOptions.signal?.aborted) throw markUnsent(errorOfAbort(dialOptions.signal.reason));
        const reason = cause instanceof Error ? cause.message : String(cause);
        const error = unavailable(CLIENT_ID, `cannot reach ${address}: ${reason}`);
        throw markUnsent(Object.assign(error, { cause }));
      }
    },
  };
}

class GrpcChannel implements Channel {
  readonly #session: ClientSession;
  readonly #address: string;

  constructor(session: ClientSession, address: string) {
    this.#session = session;
    this.#address = address;
  }

  get closed(): boolean {
    return this.#session.closed;
  }

  unary<Input, Output>(call: ChannelCall<Input, Output>, request: MessageInit<Input>): Promise<Output> {
    return new Promise((resolve, reject) => {
      new GrpcUnaryCall(call, this.#address, resolve, reject).start(this.#session, request);
    });
  }

  stream<Input, Output>(
    call: ChannelCall<Input, Output>,
    requests: AsyncIterable<MessageInit<Input>>,
  ): AsyncIterable<Output> {
    const running = new GrpcStreamCall(call, this.#address);
    running.start(this.#session, requests);
    return running.responses;
  }

  async close(): Promise<void> {
    this.#session.drain();
  }
}
