import { MicroError, unavailable } from "../errors/index.ts";
import type { MessageInit } from "../protobuf/index.ts";
import {
  atDeadline,
  type Channel,
  type ChannelCall,
  CLIENT_ID,
  deadlineExceeded,
  errorOfAbort,
  markLost,
  markUnsent,
} from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import type { Faults, Way } from "./faults.ts";

/** The other end of a channel: alive until it is killed. */
export interface Peer {
  readonly way: Omit<Way, "method">;
  /** What the call reaches when nothing is in its way. */
  readonly channel: Channel;
  /** Aborts when the process at either end dies. */
  readonly death: AbortSignal;
}

export interface FaultyChannelOptions {
  readonly peer: Peer;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Told what happens to each attempt. */
  readonly trace: (line: string) => void;
}

/** As the client's: how long a node may take to accept a connection. */
const DIAL_TIMEOUT_MS = 1000;

/** A channel on which everything can happen that happens on a network. */
export function createFaultyChannel(options: FaultyChannelOptions): Channel {
  const { channel } = options.peer;
  return {
    closed: false,
    unary: (call, request) => new Passage(options, call).unary(channel, request),
    stream: (call, requests) => new Passage(options, call).stream(channel, requests),
    close: () => channel.close(),
  };
}

/** One attempt on its way there and back. */
class Passage<Input, Output> {
  readonly #options: FaultyChannelOptions;
  readonly #call: ChannelCall<Input, Output>;
  readonly #label: string;

  constructor(options: FaultyChannelOptions, call: ChannelCall<Input, Output>) {
    const { from, node } = options.peer.way;
    this.#options = options;
    this.#call = call;
    this.#label = `${from} -> ${node} ${call.path}`;
  }

  async unary(channel: Channel, request: MessageInit<Input>): Promise<Output> {
    const { peer } = this.#options;
    try {
      const fate = await this.#arrive();
      const answer = channel.unary(this.#callOfPeer(), request);
      const response = await this.#unlessDead(answer);
      if (fate.breakConnection) throw this.#lost("connection broke");
      if (fate.dropReply || this.#isCut()) await this.#silence("answer lost");
      if (fate.replyDelayMs > 0) await this.#wait(fate.replyDelayMs);
      if (peer.death.aborted) throw this.#lost("died");
      this.#trace("answered");
      return response;
    } catch (error) {
      this.#trace(`failed ${MicroError.is(error) ? error.code : String(error)}`);
      throw error;
    }
  }

  async *stream(channel: Channel, requests: AsyncIterable<MessageInit<Input>>): AsyncGenerator<Output, void> {
    const fate = await this.#arrive();
    const responses = channel.stream(this.#callOfPeer(), requests)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#unlessDead(responses.next());
        if (fate.dropReply || this.#isCut()) await this.#silence("answer lost");
        if (fate.breakConnection) throw this.#lost("connection broke");
        if (done === true) return;
        yield value;
      }
    } finally {
      void responses.return?.(undefined)?.catch(() => {});
    }
  }

  /** The way there. */
  async #arrive(): Promise<ReturnType<Faults["fateOf"]>> {
    const { faults, peer } = this.#options;
    if (peer.death.aborted) throw this.#unreachable("connection refused");
    if (this.#isCut()) {
      await this.#wait(DIAL_TIMEOUT_MS);
      throw this.#unreachable(`no answer within ${DIAL_TIMEOUT_MS} ms`);
    }
    const fate = faults.fateOf({ ...peer.way, method: this.#call.path });
    if (fate.delayMs > 0) await this.#wait(fate.delayMs);
    if (fate.dropRequest || this.#isCut()) await this.#silence("request lost");
    if (peer.death.aborted) throw this.#lost("died");
    if (fate.error) throw unavailable(peer.way.to, "an injected error");
    return fate;
  }

  /** The peer's work ends with the peer. */
  #callOfPeer(): ChannelCall<Input, Output> {
    const { signal } = this.#call;
    const { death } = this.#options.peer;
    return { ...this.#call, signal: signal === undefined ? death : AbortSignal.any([signal, death]) };
  }

  async #unlessDead<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#options.peer.death.aborted ? this.#lost("died") : error;
    }
  }

  /** Waits for something that never comes: until the deadline, the caller's patience or a death ends it. */
  #silence(what: string): Promise<void> {
    this.#trace(what);
    return this.#wait(undefined);
  }

  /** So many milliseconds, undefined: for ever; unless deadline, caller or a death end it. */
  #wait(ms: number | undefined): Promise<void> {
    const { deadline, signal } = this.#call;
    const { clock, peer } = this.#options;
    return new Promise((resolve, reject) => {
      const onAbort = () => settle(() => reject(errorOfAbort(signal?.reason)));
      const onDeath = () => settle(() => reject(this.#lost("died")));
      const stopDeadline = atDeadline(clock, deadline, () => settle(() => reject(deadlineExceeded())));
      const stopWait = ms === undefined ? undefined : clock.after(ms, () => settle(resolve), true);
      function settle(how: () => void): void {
        stopDeadline?.();
        stopWait?.();
        signal?.removeEventListener("abort", onAbort);
        peer.death.removeEventListener("abort", onDeath);
        how();
      }
      if (signal?.aborted) return onAbort();
      if (peer.death.aborted) return onDeath();
      signal?.addEventListener("abort", onAbort, { once: true });
      peer.death.addEventListener("abort", onDeath, { once: true });
    });
  }

  #isCut(): boolean {
    return this.#options.faults.isCut({ ...this.#options.peer.way, method: this.#call.path });
  }

  #lost(why: string): MicroError {
    this.#trace(why);
    return markLost(unavailable(CLIENT_ID, `connection to ${this.#options.peer.way.node} lost: ${why}`));
  }

  #unreachable(why: string): MicroError {
    return markUnsent(unavailable(CLIENT_ID, `cannot reach ${this.#options.peer.way.node}: ${why}`));
  }

  #trace(what: string): void {
    this.#options.trace(`${this.#label}: ${what}`);
  }
}
