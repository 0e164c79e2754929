import { internalServerError, MicroError, unavailable } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import {
  type Channel,
  CLIENT_ID,
  type Dispatcher,
  isNodeFailure,
  isRefused,
  isUnsent,
  markGivenUp,
  markUnsent,
  whileDoing,
} from "../protocol/index.ts";
import type { Clock, Node } from "../registry/index.ts";
import type { Outcome, Selection, Selector } from "../selector/index.ts";
import type { Callee } from "./callee.ts";
import type { Channels, Lease } from "./channels.ts";
import type { CallOptions } from "./client.ts";
import type { NodeWays } from "./node-ways.ts";
import { backoffMs, MAX_UNSENT_ATTEMPTS, mayRetry, TRANSIENT } from "./retry.ts";
import { type CallLimits, pause, waitWithin } from "./wait.ts";

/** What a client needs to reach nodes. */
export interface Reach {
  readonly selector: Selector | undefined;
  readonly channels: Channels;
  /** By which protocol a node is called. */
  readonly ways: NodeWays;
  readonly localService: ((service: string) => Dispatcher | undefined) | undefined;
  /** The way to a service of this process. */
  readonly directChannel: (dispatcher: Dispatcher) => Channel;
  readonly localNode: ((address: string) => Channel | undefined) | undefined;
  /** True: nodes that serve TLS cannot be reached. */
  readonly plainOnly: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Whom a call is for, and how. */
export interface Target {
  readonly service: string;
  readonly method: AnyMethod;
  readonly options: CallOptions;
  /** Attempts after the first. */
  readonly retries: number;
  readonly callee: Callee;
}

/** One node, reached, for one attempt. `done` must be called once, with the error if there was one. */
export interface Attempt {
  readonly channel: Channel;
  /** Address of the node, or the service's name where there is none. */
  readonly peer: string;
  done(error: MicroError | undefined): void;
}

/**
 * The attempts of one call: which node comes next, what counts against a node, when to give up. Every node the selector
 * gives is reported back exactly once.
 */
export class Attempts {
  readonly #reach: Reach;
  readonly #target: Target;
  readonly #limits: CallLimits;
  #errors: MicroError[] | undefined;
  #tried: Set<string> | undefined;
  #lastNode: Node | undefined;
  #triedAll = false;
  #repetitions = 0;
  #refusals = 0;

  constructor(reach: Reach, target: Target, limits: CallLimits) {
    this.#reach = reach;
    this.#target = target;
    this.#limits = limits;
  }

  /**
   * Picks and reaches a node; at once when both are known. Throws or rejects with MicroError, which `again` judges like
   * the error of an attempt.
   */
  next(): Attempt | Promise<Attempt> {
    const { options, service } = this.#target;
    const { address } = options;
    const local = this.#localService();
    if (local !== undefined)
      return { channel: this.#reach.directChannel(local), peer: service, done: ignore };
    if (address !== undefined) {
      return this.#connect({ id: address, address, metadata: {} }, undefined);
    }
    const { selector } = this.#reach;
    if (selector === undefined) {
      throw internalServerError(CLIENT_ID, `the client has no selector to find ${service} with`);
    }
    const selecting = selector.next(service, {
      filter: options.filter,
      exclude: this.#tried,
      signal: this.#limits.signal,
    });
    return selecting instanceof Promise
      ? this.#afterSelecting(selecting, selector)
      : this.#connect(this.#selected(selecting), selector);
  }

  /**
   * After a failed attempt: resolves when the next one may start, rejects with the call's error otherwise. When the
   * node has not seen the call another node follows at once; everything else waits and counts as a retry.
   */
  async again(error: MicroError): Promise<void> {
    if (this.skips(error)) return;
    if (!mayRetry(error, this.#target.method)) throw this.failure(error);
    const pauseMs = this.repetition(error);
    if (pauseMs === undefined) throw markGivenUp(this.failure(error));
    try {
      await pause(pauseMs, this.#limits, this.#reach.clock);
    } catch {
      // The time is up, and what went wrong says more than that.
      throw this.failure(error);
    }
  }

  /**
   * Keeps the error of an attempt. True when its node has not seen the call and another one may follow at once. Nodes that
   * were reached say so themselves: after the second of a call the retry budget has a word, or they could multiply it.
   */
  skips(error: MicroError): boolean {
    this.#errors = [...(this.#errors ?? []), error];
    this.passOver();
    if (
      !isUnsent(error) ||
      this.#triedAll ||
      this.#target.options.address !== undefined ||
      this.#errors.length >= MAX_UNSENT_ATTEMPTS
    ) {
      return false;
    }
    if (isRefused(error)) this.#refusals += 1;
    return !isRefused(error) || this.#refusals < 2 || this.#target.callee.mayRepeat();
  }

  /** The node of the last attempt comes again only when no other is left. */
  passOver(): void {
    if (this.#lastNode === undefined) return;
    this.#tried ??= new Set();
    this.#tried.add(this.#lastNode.id);
  }

  /**
   * How long to wait before one more attempt, which counts from now on; undefined when there may be none: all retries
   * are made, the budget is used up, the peer asks for none, or the time would be over before.
   */
  repetition(error: MicroError | undefined): number | undefined {
    if (this.#repetitions >= this.#target.retries) return undefined;
    const pushback = error?.retryAfterMs;
    if (pushback !== undefined && !(pushback >= 0)) return undefined;
    const pauseMs = pushback ?? backoffMs(this.#repetitions + 1, this.#reach.random);
    const { deadline } = this.#limits;
    if (deadline !== undefined && this.#reach.clock.epochMs() + pauseMs >= deadline) return undefined;
    if (!this.#target.callee.mayRepeat()) return undefined;
    this.#repetitions += 1;
    return pauseMs;
  }

  /** The error of the call, with those of all attempts inside when there was more than one. */
  failure(error: MicroError): MicroError {
    if (this.#errors !== undefined && this.#errors.length > 1) error.attempts = this.#errors;
    return error;
  }

  #localService(): Dispatcher | undefined {
    const { address, filter, protocol } = this.#target.options;
    const asked = protocol === undefined || protocol === "direct";
    return asked && address === undefined && filter === undefined
      ? this.#reach.localService?.(this.#target.service)
      : undefined;
  }

  async #afterSelecting(selecting: Promise<Selection>, selector: Selector): Promise<Attempt> {
    let selection: Selection;
    try {
      selection = await waitWithin(selecting, this.#limits, this.#reach.clock);
    } catch (error) {
      // Nobody will use what still comes, but the selector counts it as in flight.
      selecting.then(({ node }) => selector.report(node, "success"), ignore);
      const where = selector.registry === undefined ? "" : ` in registry ${selector.registry}`;
      throw whileDoing(MicroError.from(error, CLIENT_ID), `looking for ${this.#target.service}${where}`);
    }
    return this.#connect(this.#selected(selection), selector);
  }

  #selected({ node }: Selection): Node {
    this.#triedAll = this.#tried?.has(node.id) ?? false;
    this.#lastNode = node;
    return node;
  }

  #connect(node: Node, selector: Selector | undefined): Attempt | Promise<Attempt> {
    const { options, service } = this.#target;
    const { channels, ways, localNode, plainOnly } = this.#reach;
    try {
      const { protocol, key } = ways.to(node, service, options.protocol);
      const local = protocol === "direct" ? localNode?.(node.address) : undefined;
      if (local !== undefined) return new NodeAttempt(local, node, selector, undefined);
      if (plainOnly && node.metadata.secure === "true") throw demandsTls(node);
      const leased = channels.lease(protocol, node.address, service, key);
      return leased instanceof Promise
        ? this.#afterDialling(leased, node, selector)
        : new NodeAttempt(leased.channel, node, selector, leased);
    } catch (error) {
      selector?.report(node, outcomeOf(error));
      throw error;
    }
  }

  async #afterDialling(leased: Promise<Lease>, node: Node, selector: Selector | undefined): Promise<Attempt> {
    try {
      const lease = await waitWithin(leased, this.#limits, this.#reach.clock);
      return new NodeAttempt(lease.channel, node, selector, lease);
    } catch (error) {
      const report = (reason: unknown) => selector?.report(node, outcomeOf(reason));
      if (isNodeFailure(error)) {
        report(error);
      } else {
        // The call gave up before the dial ended: the node is judged, and the loan given back, when it does.
        leased.then((lease) => {
          lease.release();
          report(undefined);
        }, report);
      }
      throw whileDoing(MicroError.from(error, CLIENT_ID), `connecting to ${node.address}`);
    }
  }
}

/** A node that was reached: it is reported to the selector, and its channel given back. */
class NodeAttempt implements Attempt {
  readonly channel: Channel;
  readonly #node: Node;
  readonly #selector: Selector | undefined;
  readonly #lease: Lease | undefined;

  constructor(channel: Channel, node: Node, selector: Selector | undefined, lease: Lease | undefined) {
    this.channel = channel;
    this.#node = node;
    this.#selector = selector;
    this.#lease = lease;
  }

  get peer(): string {
    return this.#node.address;
  }

  done(error: MicroError | undefined): void {
    this.#lease?.release();
    this.#selector?.report(this.#node, outcomeOf(error));
  }
}

function demandsTls({ address }: Node): MicroError {
  const remedy = "name the authority of its certificate with --client_tls_ca_file (see docs/tls.md)";
  return markUnsent(unavailable(CLIENT_ID, `${address} serves TLS; ${remedy}`));
}

/**
 * What the end of an attempt says of the node. A node that fell silent loses its connection (see ClientSession.suspect),
 * and that is a failure; a deadline that passed alone is not, or one slow method would drive healthy nodes out.
 */
function outcomeOf(error: unknown): Outcome {
  if (isNodeFailure(error)) return "failure";
  return TRANSIENT.has((error as MicroError | undefined)?.code ?? 0) ? "error" : "success";
}

function ignore(): void {}
