import { internalServerError, type MicroError } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import {
  type Channel,
  CLIENT_ID,
  createDirectChannel,
  type Dispatcher,
  isNodeFailure,
  isUnsent,
} from "../protocol/index.ts";
import type { Node } from "../registry/index.ts";
import type { Selector } from "../selector/index.ts";
import type { Channels, Lease } from "./channels.ts";
import type { CallOptions } from "./client.ts";
import { protocolOf } from "./node-protocol.ts";
import { backoffMs, MAX_UNSENT_ATTEMPTS, mayRetry } from "./retry.ts";
import { type CallLimits, pause, waitWithin } from "./wait.ts";

/** What a client needs to reach nodes. */
export interface Reach {
  readonly selector: Selector | undefined;
  readonly channels: Channels;
  /** Protocols, best first. */
  readonly protocols: readonly string[];
  readonly localService: ((service: string) => Dispatcher | undefined) | undefined;
  readonly localNode: ((address: string) => Dispatcher | undefined) | undefined;
}

/** One node, reached, for one attempt. `done` must be called once, with the error if there was one. */
export interface Attempt {
  readonly channel: Channel;
  done(error: MicroError | undefined): void;
}

/**
 * The attempts of one call: which node comes next, what counts against a node, when to give up. Every node the selector
 * gives is reported back exactly once.
 */
export class Attempts {
  readonly #reach: Reach;
  readonly #service: string;
  readonly #method: AnyMethod;
  readonly #options: CallOptions;
  readonly #retries: number;
  readonly #limits: CallLimits;
  #errors: MicroError[] | undefined;
  #tried: Set<string> | undefined;
  #lastNode: Node | undefined;
  #triedAll = false;
  #repetitions = 0;

  constructor(
    reach: Reach,
    service: string,
    method: AnyMethod,
    options: CallOptions,
    retries: number,
    limits: CallLimits,
  ) {
    this.#reach = reach;
    this.#service = service;
    this.#method = method;
    this.#options = options;
    this.#retries = retries;
    this.#limits = limits;
  }

  /** Picks and reaches a node. Rejects with MicroError, which `again` judges like the error of an attempt. */
  async next(): Promise<Attempt> {
    const { address, protocol } = this.#options;
    const local = this.#localService();
    if (local !== undefined) return { channel: createDirectChannel(local), done: ignore };
    if (address !== undefined) {
      return this.#connect({ id: address, address, metadata: {} }, protocol, undefined);
    }
    const { selector } = this.#reach;
    if (selector === undefined) {
      throw internalServerError(CLIENT_ID, `the client has no selector to find ${this.#service} with`);
    }
    const node = await this.#select(selector);
    return this.#connect(node, protocol, selector);
  }

  /**
   * After a failed attempt: resolves when the next one may start, rejects with the call's error otherwise. When the
   * node has not seen the call another node follows at once; everything else waits and counts as a retry.
   */
  async again(error: MicroError): Promise<void> {
    this.#errors = [...(this.#errors ?? []), error];
    const moveOn =
      isUnsent(error) &&
      !this.#triedAll &&
      this.#options.address === undefined &&
      this.#errors.length < MAX_UNSENT_ATTEMPTS;
    const allowed = mayRetry(error, this.#method) && (moveOn || this.#repetitions < this.#retries);
    if (!allowed) throw this.#failed(error);
    if (this.#lastNode !== undefined) {
      this.#tried ??= new Set();
      this.#tried.add(this.#lastNode.id);
    }
    if (moveOn) return;
    this.#repetitions += 1;
    try {
      await pause(backoffMs(this.#repetitions), this.#limits);
    } catch {
      // The time is up, and what went wrong says more than that.
      throw this.#failed(error);
    }
  }

  #failed(error: MicroError): MicroError {
    if (this.#errors !== undefined && this.#errors.length > 1) error.attempts = this.#errors;
    return error;
  }

  #localService(): Dispatcher | undefined {
    const { address, filter, protocol } = this.#options;
    const asked = protocol === undefined || protocol === "direct";
    return asked && address === undefined && filter === undefined
      ? this.#reach.localService?.(this.#service)
      : undefined;
  }

  async #select(selector: Selector): Promise<Node> {
    const selecting = selector.next(this.#service, {
      filter: this.#options.filter,
      exclude: this.#tried,
      signal: this.#limits.signal,
    });
    try {
      const { node } = await waitWithin(selecting, this.#limits);
      this.#triedAll = this.#tried?.has(node.id) ?? false;
      this.#lastNode = node;
      return node;
    } catch (error) {
      // Nobody will use what still comes, but the selector counts it as in flight.
      selecting.then(({ node }) => selector.report(node, "success"), ignore);
      throw error;
    }
  }

  async #connect(node: Node, asked: string | undefined, selector: Selector | undefined): Promise<Attempt> {
    // A deadline that passed is no failure: one slow method would drive healthy nodes out. A node that fell silent loses
    // its connection (see ClientSession.suspect), and that counts.
    const done = (error: unknown): void => {
      selector?.report(node, isNodeFailure(error) ? "failure" : "success");
    };
    let leased: Lease | Promise<Lease> | undefined;
    try {
      const protocol = asked ?? protocolOf(node, this.#reach.protocols);
      const local = protocol === "direct" ? this.#reach.localNode?.(node.address) : undefined;
      if (local !== undefined) return { channel: createDirectChannel(local), done };
      leased = this.#reach.channels.lease(protocol, node.address, this.#service);
      const lease = leased instanceof Promise ? await waitWithin(leased, this.#limits) : leased;
      return {
        channel: lease.channel,
        done(error) {
          lease.release();
          done(error);
        },
      };
    } catch (error) {
      if (leased instanceof Promise && !isNodeFailure(error)) {
        // The call gave up before the dial ended: the node is judged, and the loan given back, when it does.
        leased.then((lease) => {
          lease.release();
          done(undefined);
        }, done);
      } else {
        done(error);
      }
      throw error;
    }
  }
}

function ignore(): void {}
