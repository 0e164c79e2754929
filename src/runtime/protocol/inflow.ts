import type { EngineStream } from "../http2/index.ts";
import type { MessageReader } from "./framing.ts";
import type { UnfoldTurns } from "./unfold-turns.ts";

/** Who a stream's messages are for. */
export interface MessageTaker {
  /** False: no more until {@link Inflow.goOn}. Throws for a message that cannot be taken. */
  takeMessage(bytes: Uint8Array): boolean;
  /** All messages were taken, and no more will come. */
  takeEnd(): void;
  /** What came cannot be read, or was not taken; `reason` says why. Nothing more is given. */
  takeFailure(reason: unknown): void;
}

export interface InflowInit {
  readonly reader: MessageReader;
  readonly stream: EngineStream;
  readonly taker: MessageTaker;
  /** For compressed streams: whose share of a turn they unfold in, and in whose line they wait. */
  readonly turns?: UnfoldTurns | undefined;
  readonly connection: object;
}

/**
 * The messages that come on a stream, on either end of it: unfolded no faster than they are taken, and never for long at a
 * time. What has to wait stays as it came, and the stream is paused meanwhile.
 */
export class Inflow {
  readonly #init: InflowInit;
  /** The taker is behind, or the event loop has its turn first. */
  #isHeld = false;
  #awaitsTurn = false;
  #ended = false;
  #stopped = false;

  constructor(init: InflowInit) {
    this.#init = init;
  }

  /** True while something that came is still to be unfolded. */
  get isHolding(): boolean {
    return this.#isHeld && this.#init.reader.hasUnread;
  }

  /** True when the end has come and waits for what is before it. */
  get isEnding(): boolean {
    return this.#ended;
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    try {
      this.#init.reader.push(chunk);
    } catch (reason) {
      this.#fail(reason);
      return;
    }
    if (!this.#isHeld) this.#unfold();
  }

  /** The peer sends nothing more. */
  end(): void {
    if (this.#stopped) return;
    if (this.isHolding) this.#ended = true;
    else this.#init.taker.takeEnd();
  }

  /** The taker caught up. */
  goOn(): void {
    if (!this.#isHeld || this.#awaitsTurn) return;
    this.#isHeld = false;
    this.#unfold();
    if (this.#isHeld) return;
    if (this.#ended && !this.#stopped) this.#init.taker.takeEnd();
    this.#init.stream.resume();
  }

  /** Nobody takes messages any more: what still comes is dropped, so that the connection flows. */
  stop(): void {
    this.#stopped = true;
    if (this.#isHeld) this.#init.stream.resume();
    this.#isHeld = false;
  }

  #unfold(): void {
    const { reader, taker, turns } = this.#init;
    try {
      while (!this.#stopped && reader.hasUnread) {
        if (turns?.isOver) {
          this.#awaitTurn(turns);
          return;
        }
        const bytes = reader.next();
        if (bytes === undefined) return;
        turns?.spend(bytes.length);
        if (!taker.takeMessage(bytes)) {
          this.#hold();
          return;
        }
      }
    } catch (reason) {
      turns?.spend(reader.maxMessageBytes);
      this.#fail(reason);
    }
  }

  #hold(): void {
    // The taker may have caught up, or left, while it took.
    if (this.#stopped) return;
    this.#isHeld = true;
    this.#init.stream.pause();
  }

  #awaitTurn(turns: UnfoldTurns): void {
    this.#hold();
    this.#awaitsTurn = true;
    turns.wait(this.#init.connection, () => {
      this.#awaitsTurn = false;
      this.goOn();
    });
  }

  #fail(reason: unknown): void {
    this.stop();
    this.#init.taker.takeFailure(reason);
  }
}
