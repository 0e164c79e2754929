import { MicroError, notImplemented } from "../../errors/index.ts";
import type { ClientSession, HeaderBlock } from "../../http2/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import { type BodyClientForm, callByBody } from "../body-client-call.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import type { Channel, ChannelCall, ChannelOpener } from "../channel.ts";
import { ACCEPTED_ENCODINGS } from "../compression.ts";
import { addMetadata } from "../metadata-wire.ts";
import { type HttpReach, type HttpVersion, openSession } from "../open-session.ts";

/** Plain HTTP to one node. Unary only. */
export function createJsonOpener(reach: HttpReach, version: HttpVersion): ChannelOpener {
  return {
    name: "json",
    async open(address, options) {
      return new JsonChannel(await openSession(reach, version, address, options), address);
    },
  };
}

class JsonChannel implements Channel {
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
    return callByBody(this.#session, this.#address, JSON_FORM, call, request);
  }

  stream<I, O>(call: ChannelCall<I, O>): AsyncIterable<O> {
    throw notImplemented(
      CLIENT_ID,
      `${call.path} streams, which the json protocol cannot: use grpc or connect`,
    );
  }

  async close(): Promise<void> {
    this.#session.drain();
  }
}

const JSON_FORM: BodyClientForm = {
  request(call, authority, body, encoding) {
    const contentType = call.codec.name === "json" ? "application/json" : "application/protobuf";
    const headers: HeaderBlock = {
      ":method": "POST",
      ":authority": authority,
      ":path": `/${call.path}`,
      accept: contentType,
      "content-type": contentType,
      "content-length": String(body.length),
    };
    if (encoding !== undefined) headers["content-encoding"] = encoding.name;
    if (call.compression !== undefined) headers["accept-encoding"] = ACCEPTED_ENCODINGS;
    if (call.deadline !== undefined) {
      headers.timeout = String(Math.max(0, Math.ceil(call.deadline - Date.now())) * 1_000_000);
    }
    addMetadata(headers, call.metadata);
    return { headers, body };
  },

  errorOf(_call, headers, body) {
    const status = Number(headers[":status"]);
    if (status === 200) return undefined;
    return MicroError.parse(Buffer.from(body).toString(), { id: CLIENT_ID, code: status });
  },
};
