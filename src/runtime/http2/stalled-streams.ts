import { Roster, type Seat } from "../roster/index.ts";

/** A stream as far as its output goes. */
export interface OutputStream {
  /** Its place among the streams that are watched. */
  readonly seat: Seat;
  /** Since when its output waits; the watch's own note. */
  mark?: Mark | undefined;
  /** Bytes given for sending that have not left; 0 when there is nothing to wait for. */
  readonly unsentBytes: number;
  /** Bytes that have left so far. */
  readonly sentBytes: number;
  /** The peer took nothing for too long. */
  stalled(): void;
}

/** How far the output of a stream was when it was first seen waiting. */
export interface Mark {
  readonly sentBytes: number;
  readonly since: number;
}

/** A peer may take so many bytes of one message in one time limit; a larger message gets as many limits as it needs. */
const BYTES_PER_LIMIT = 1 << 20;

/**
 * Ends streams whose output makes no progress: a peer that keeps its flow-control window shut, but answers PINGs, would
 * hold handlers and buffers for good. One slow timer per connection that has streams, nothing per message.
 */
export class StalledStreams {
  readonly #limitMs: number;
  readonly #streams = new Roster<OutputStream>();
  #timer: NodeJS.Timeout | undefined;

  /** `limitMs`: how long output may wait without progress; 0 is for ever. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  add(stream: OutputStream): void {
    if (this.#limitMs <= 0) return;
    this.#streams.join(stream, stream.seat);
    this.#timer ??= setInterval(() => this.#look(), Math.max(1, this.#limitMs / 4)).unref();
  }

  delete(stream: OutputStream): void {
    this.#streams.leave(stream.seat);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#streams.size === 0) this.close();
    const now = performance.now();
    for (const stream of this.#streams.all()) {
      const { unsentBytes, sentBytes, mark } = stream;
      if (unsentBytes === 0) stream.mark = undefined;
      else if (mark === undefined || mark.sentBytes !== sentBytes) {
        stream.mark = { sentBytes, since: now };
      } else if (now - mark.since >= this.#limitMs * Math.ceil(unsentBytes / BYTES_PER_LIMIT)) {
        stream.stalled();
      }
    }
  }
}
