/** A stream as far as its output goes. */
export interface OutputStream {
  /** Bytes given for sending that have not left; 0 when there is nothing to wait for. */
  readonly unsentBytes: number;
  /** Bytes that have left so far. */
  readonly sentBytes: number;
  /** The peer took nothing for too long. */
  stalled(): void;
}

interface Mark {
  sentBytes: number;
  since: number;
}

/** A peer may take so many bytes of one message in one time limit; a larger message gets as many limits as it needs. */
const BYTES_PER_LIMIT = 1 << 20;

/**
 * Ends streams whose output makes no progress: a peer that keeps its flow-control window shut, but answers PINGs, would
 * hold handlers and buffers for good. One slow timer per connection that has streams, nothing per message.
 */
export class StalledStreams {
  readonly #limitMs: number;
  /** Open streams; the mark is set while output waits. */
  readonly #streams = new Map<OutputStream, Mark | undefined>();
  #timer: NodeJS.Timeout | undefined;

  /** `limitMs`: how long output may wait without progress; 0 is for ever. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  add(stream: OutputStream): void {
    if (this.#limitMs <= 0) return;
    this.#streams.set(stream, undefined);
    this.#timer ??= setInterval(() => this.#look(), Math.max(1, this.#limitMs / 4)).unref();
  }

  delete(stream: OutputStream): void {
    this.#streams.delete(stream);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#streams.size === 0) this.close();
    const now = performance.now();
    for (const [stream, mark] of this.#streams) {
      const { unsentBytes, sentBytes } = stream;
      if (unsentBytes === 0) {
        if (mark !== undefined) this.#streams.set(stream, undefined);
      } else if (mark === undefined || mark.sentBytes !== sentBytes) {
        this.#streams.set(stream, { sentBytes, since: now });
      } else if (now - mark.since >= this.#limitMs * Math.ceil(unsentBytes / BYTES_PER_LIMIT)) {
        stream.stalled();
      }
    }
  }
}
