import type { ClientSession } from "../../http2/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import { callByBody } from "../body-client-call.ts";
import type { Channel, ChannelCall, ChannelOpener } from "../channel.ts";
import { type HttpReach, type HttpVersion, openSession } from "../open-session.ts";
import { StreamedClientCall } from "../streamed-client-call.ts";
import { CONNECT_BODY_FORM, CONNECT_STREAM_FORM } from "./client-form.ts";

/** Connect to one node, over either version of HTTP. */
export function createConnectOpener(reach: HttpReach, version: HttpVersion): ChannelOpener {
  return {
    name: "connect",
    async open(address, options) {
      return new ConnectChannel(await openSession(reach, version, address, options), address);
    },
  };
}

class ConnectChannel implements Channel {
  readonly #session: ClientSession;
  readonly #address: string;

  constructor(session: ClientSession, address: string) {
    this.#session = session;
    this.#address = address;
  }

  get closed(): boolean {
    return this.#session.closed;
  }

  unary<I, O>(call: ChannelCall<I, O>, request: MessageInit<I>): Promise<O> {
    return callByBody(this.#session, this.#address, CONNECT_BODY_FORM, call, request);
  }

  stream<I, O>(call: ChannelCall<I, O>, requests: AsyncIterable<MessageInit<I>>): AsyncIterable<O> {
    const running = new StreamedClientCall(call, this.#address, CONNECT_STREAM_FORM);
    running.start(this.#session, requests);
    return running.responses;
  }

  async close(): Promise<void> {
    this.#session.drain();
  }
}
