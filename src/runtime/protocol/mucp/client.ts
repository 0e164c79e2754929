import { MicroError, messageOf, unavailable } from "../../errors/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import type { DialOptions, Transport } from "../../transport/index.ts";
import { marshalRequest } from "../call-errors.ts";
import { CLIENT_ID, errorOfAbort, overBeforeStart } from "../cancel-reason.ts";
import { type Channel, type ChannelCall, type ChannelOpener, markUnsent } from "../channel.ts";
import { callHeaders } from "./client-call.ts";
import { MucpClientConnection } from "./client-connection.ts";
import { MucpStreamCall } from "./client-stream.ts";
import { callUnary } from "./client-unary.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { requestFrame } from "./frame.ts";

export interface MucpOpenerOptions {
  readonly transport: Transport;
  /** Idle connections kept per node. Default 100. */
  readonly poolSize?: number | undefined;
  /** How long an idle connection is kept, in milliseconds. Default 60000. */
  readonly poolTtlMs?: number | undefined;
}

/** go-micro's own RPC to one node: one call at a time per connection, idle connections kept, one for each stream. */
export function createMucpOpener(options: MucpOpenerOptions): ChannelOpener {
  return {
    name: "mucp",
    async open(address, dialOptions) {
      return new MucpChannel(options, address, dialOptions);
    },
  };
}

class MucpChannel implements Channel {
  closed = false;
  readonly #transport: Transport;
  readonly #address: string;
  readonly #dialOptions: DialOptions;
  readonly #pool: ConnectionPool;

  #lastId = 0;

  constructor(
    { transport, poolSize, poolTtlMs }: MucpOpenerOptions,
    address: string,
    dialOptions: DialOptions,
  ) {
    this.#transport = transport;
    this.#address = address;
    // A connection outlives the call whose signal this was.
    const { signal: _, ...lasting } = dialOptions;
    this.#dialOptions = { ...lasting, wire: "http/1.1" };
    this.#pool = new ConnectionPool({ size: poolSize ?? 100, ttlMs: poolTtlMs ?? 60_000 });
  }

  async unary<I, O>(call: ChannelCall<I, O>, request: MessageInit<I>): Promise<O> {
    const over = overBeforeStart(call);
    if (over !== undefined) throw over;
    const body = marshalRequest(call.codec, call.method.input, request);
    const connection = (await this.#pool.take()) ?? (await this.#dial(call));
    // Dialling took its time.
    const late = overBeforeStart(call);
    if (late !== undefined) {
      this.#pool.give(connection);
      throw late;
    }
    try {
      return await callUnary(
        call,
        connection,
        requestFrame(this.#address, callHeaders(call, this.#nextId(), false), body),
      );
    } finally {
      this.#pool.give(connection);
    }
  }

  stream<I, O>(call: ChannelCall<I, O>, requests: AsyncIterable<MessageInit<I>>): AsyncIterable<O> {
    const streaming = new MucpStreamCall(call, this.#address, this.#nextId());
    const over = overBeforeStart(call);
    if (over !== undefined) {
      streaming.fail(over);
      return streaming.responses;
    }
    streaming.watch();
    this.#dial(call).then(
      (connection) => {
        if (streaming.settled) connection.close();
        else streaming.start(connection, requests);
      },
      (error: unknown) => streaming.fail(MicroError.from(error, CLIENT_ID)),
    );
    return streaming.responses;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#pool.close();
  }

  /** Unique for as long as anybody remembers: Go's servers swallow a frame with the id of a call that is just ending. */
  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  async #dial<I, O>({ signal, maxMessageBytes }: ChannelCall<I, O>): Promise<MucpClientConnection> {
    try {
      const options = signal === undefined ? this.#dialOptions : { ...this.#dialOptions, signal };
      const raw = await this.#transport.dial(this.#address, options);
      return new MucpClientConnection(raw, this.#address, maxMessageBytes);
    } catch (cause) {
      if (signal?.aborted) throw markUnsent(errorOfAbort(signal.reason));
      const error = unavailable(CLIENT_ID, `cannot reach ${this.#address}: ${messageOf(cause)}`);
      throw markUnsent(Object.assign(error, { cause }));
    }
  }
}
