import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MicroError, notImplemented, unavailable } from "../../errors/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import type { DialOptions, Transport } from "../../transport/index.ts";
import { marshalRequest, responseUnreadable } from "../call-errors.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort, overBeforeStart } from "../cancel-reason.ts";
import { type Channel, type ChannelCall, type ChannelOpener, markLost, markUnsent } from "../channel.ts";
import { startDeadline } from "../deadline.ts";
import { addMetadata, metadataFromHeaders } from "../metadata-wire.ts";
import { BodyTooLarge, readBody } from "./body.ts";

export interface JsonOpenerOptions {
  readonly transport: Transport;
  /** Idle connections kept per node. Default 100. */
  readonly poolSize?: number | undefined;
}

/** Plain HTTP/1.1 to one node: one call at a time per connection, connections kept alive. Unary only. */
export function createJsonOpener(options: JsonOpenerOptions): ChannelOpener {
  return {
    name: "json",
    async open(address, dialOptions) {
      return new JsonChannel(address, createAgent(options, address, dialOptions));
    },
  };
}

type Connected = (error: Error | null, connection?: Duplex) => void;

function createAgent(options: JsonOpenerOptions, address: string, { timeoutMs }: DialOptions): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: options.poolSize ?? 100 });
  const dial = (_: unknown, connected: Connected): undefined => {
    options.transport.dial(address, timeoutMs === undefined ? {} : { timeoutMs }).then(
      (connection) => connected(null, connection),
      (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        const error = unavailable(CLIENT_ID, `cannot reach ${address}: ${reason}`);
        connected(markUnsent(Object.assign(error, { cause })));
      },
    );
  };
  return Object.assign(agent, { createConnection: dial });
}

class JsonChannel implements Channel {
  closed = false;
  readonly #address: string;
  readonly #agent: Agent;

  constructor(address: string, agent: Agent) {
    this.#address = address;
    this.#agent = agent;
  }

  async unary<I, O>(call: ChannelCall<I, O>, request: MessageInit<I>): Promise<O> {
    const { signal, deadline, codec, method } = call;
    const over = overBeforeStart(call);
    if (over !== undefined) throw over;
    const body = marshalRequest(codec, method.input, request);
    const sent = httpRequest({
      agent: this.#agent,
      method: "POST",
      path: `/${call.path}`,
      headers: this.#headers(call, body.length),
    });
    let ended: MicroError | undefined;
    const cancel = (reason: MicroError) => {
      ended = reason;
      sent.destroy(reason);
    };
    const timer = startDeadline(deadline, () => cancel(deadlineExceeded()));
    const onAbort = () => cancel(errorOfAbort(signal?.reason));
    signal?.addEventListener("abort", onAbort, { once: true });
    let response: IncomingMessage;
    let payload: Buffer;
    try {
      response = await exchange(sent, body);
      payload = await readBody(response, call.maxMessageBytes);
    } catch (reason) {
      throw ended ?? this.#errorOf(reason, call);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
    return this.#read(call, response, payload);
  }

  stream<I, O>(call: ChannelCall<I, O>): AsyncIterable<O> {
    throw notImplemented(CLIENT_ID, `${call.path} streams, which the json protocol cannot: use grpc`);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#agent.destroy();
  }

  #headers<I, O>(call: ChannelCall<I, O>, length: number): Record<string, string | string[] | undefined> {
    const contentType = call.codec.name === "json" ? "application/json" : "application/protobuf";
    const headers: Record<string, string | string[] | undefined> = {
      host: this.#address,
      accept: contentType,
      "content-type": contentType,
      "content-length": String(length),
    };
    if (call.deadline !== undefined) {
      headers.timeout = String(Math.max(0, Math.ceil(call.deadline - Date.now())) * 1_000_000);
    }
    addMetadata(headers, call.metadata);
    return headers;
  }

  #read<I, O>(call: ChannelCall<I, O>, response: IncomingMessage, payload: Buffer): O {
    const header: Record<string, string | string[] | undefined> = {};
    const trailer: Record<string, string | string[] | undefined> = {};
    for (const [name, value] of Object.entries(response.headers)) {
      if (name.startsWith("trailer-")) trailer[name.slice("trailer-".length)] = value;
      else header[name] = value;
    }
    call.onHeader?.(metadataFromHeaders(header));
    call.onTrailer?.(metadataFromHeaders(trailer));
    const status = response.statusCode ?? 0;
    if (status !== 200) throw MicroError.parse(payload.toString(), { id: CLIENT_ID, code: status });
    try {
      return call.codec.unmarshal(call.method.output, payload);
    } catch (cause) {
      throw responseUnreadable(call.method.output.typeName, cause);
    }
  }

  #errorOf<I, O>(reason: unknown, call: ChannelCall<I, O>): MicroError {
    if (MicroError.is(reason)) return reason;
    if (reason instanceof BodyTooLarge) {
      const detail = `the response exceeds the limit of ${call.maxMessageBytes} bytes`;
      return new MicroError({ id: CLIENT_ID, code: 429, detail });
    }
    const text = reason instanceof Error ? reason.message : String(reason);
    const detail = `connection to ${this.#address} lost: ${text}`;
    const error = new MicroError({ id: CLIENT_ID, code: 503, detail, cause: reason });
    // An answer that is no HTTP says nothing about the next call; a connection that broke does.
    return String((reason as NodeJS.ErrnoException | null)?.code).startsWith("HPE_")
      ? error
      : markLost(error);
  }
}

function exchange(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    // Stays for good: an error nobody listens to would end the process.
    request.on("error", reject);
    // The last word: an answer we cannot take (101) ends the connection without an error.
    request.on("close", () => reject(new Error("the peer gave no answer")));
    request.end(body);
  });
}
