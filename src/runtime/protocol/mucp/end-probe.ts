/** First pause before asking, doubled each time, and the longest. */
const FIRST_MS = 250;
const LAST_MS = 5000;
/** What was sent before the answer may come a moment after it. */
const GRACE_MS = 50;

/** A content type that nobody knows, so that asking for it is answered and nothing else. */
export const PROBE_CONTENT_TYPE = "application/x-end-of-stream";

/**
 * Finds out that a stream is over when nobody says so: a go-micro server whose handler saw the end of the requests sends
 * no end of the answers. A frame of an unknown content type is left unread while the stream runs; once it is over the
 * frame opens a new one, and the server refuses that with {@link PROBE_CONTENT_TYPE} in its answer.
 */
export class EndProbe {
  readonly #ask: () => void;
  readonly #onOver: () => void;
  #pauseMs = FIRST_MS;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(ask: () => void, onOver: () => void) {
    this.#ask = ask;
    this.#onOver = onOver;
  }

  /** Something came, or the wait begins: asks when nothing follows for a while. */
  wait(): void {
    this.stop();
    this.#timer = setTimeout(
      () => {
        if (this.#over) return this.#onOver();
        this.#pauseMs = Math.min(LAST_MS, 2 * this.#pauseMs);
        this.#ask();
        this.wait();
      },
      this.#over ? GRACE_MS : this.#pauseMs,
    );
  }

  /** The question was answered: the stream is over. */
  answered(): void {
    this.#over = true;
    this.wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
