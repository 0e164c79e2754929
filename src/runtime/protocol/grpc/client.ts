import type { ClientSession } from "../../http2/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import type { Channel, ChannelCall, ChannelOpener, UnaryWaiter } from "../channel.ts";
import type { ClientForm } from "../client-form.ts";
import { type HttpReach, type HttpVersion, openSession } from "../open-session.ts";
import { SharedDeadlines } from "../shared-deadlines.ts";
import { StreamedClientCall } from "../streamed-client-call.ts";
import { GRPC_FORM, GRPC_WEB_FORM } from "./client-form.ts";
import { GrpcUnaryCall } from "./client-unary.ts";

/** gRPC to one node over one HTTP/2 connection, which carries any number of calls at once. */
export function createGrpcOpener(reach: HttpReach): ChannelOpener {
  return {
    name: "grpc",
    async open(address, options) {
      return new GrpcChannel(await openSession(reach, "2", address, options), address, GRPC_FORM);
    },
  };
}

/** gRPC-Web to one node, over either version of HTTP. */
export function createGrpcWebOpener(reach: HttpReach, version: HttpVersion): ChannelOpener {
  return {
    name: "grpc-web",
    async open(address, options) {
      return new GrpcChannel(await openSession(reach, version, address, options), address, GRPC_WEB_FORM);
    },
  };
}

class GrpcChannel implements Channel {
  readonly #session: ClientSession;
  readonly #address: string;
  readonly #form: ClientForm;
  readonly #deadlines = new SharedDeadlines();

  constructor(session: ClientSession, address: string, form: ClientForm) {
    this.#session = session;
    this.#address = address;
    this.#form = form;
  }

  get closed(): boolean {
    return this.#session.closed;
  }

  unary<Input, Output>(call: ChannelCall<Input, Output>, request: MessageInit<Input>): Promise<Output> {
    return new Promise((resolve, reject) => {
      this.unaryTo(call, request, { resolve, reject });
    });
  }

  unaryTo<Input, Output>(
    call: ChannelCall<Input, Output>,
    request: MessageInit<Input>,
    waiter: UnaryWaiter<Output>,
  ): void {
    new GrpcUnaryCall(call, this.#address, this.#form, this.#deadlines, waiter).start(this.#session, request);
  }

  stream<Input, Output>(
    call: ChannelCall<Input, Output>,
    requests: AsyncIterable<MessageInit<Input>>,
  ): AsyncIterable<Output> {
    const running = new StreamedClientCall(call, this.#address, this.#form);
    running.start(this.#session, requests);
    return running.responses;
  }

  async close(): Promise<void> {
    this.#session.drain();
  }
}
