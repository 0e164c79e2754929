/** Times in milliseconds. */
export interface FrameTimes {
  /** For the header fields of a frame, from its first byte. */
  readonly headTimeoutMs: number;
  /** For the rest of a frame. */
  readonly arrivalTimeoutMs: number;
  /** How long a connection without calls is kept. */
  readonly idleTimeoutMs: number;
}

/** What a connection waits for: a first byte, the rest of a header, of a body, or us. */
export type Phase = "idle" | "head" | "body" | "busy";

/** Bounds how long a frame, or the next one, may take to come. Nothing is awaited of a caller who waits for us. */
export class FrameTimer {
  readonly #times: FrameTimes;
  readonly #onIdle: () => void;
  readonly #onLate: () => void;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = "busy";
  /** Frames that had come when the phase began. */
  #frames = 0;

  constructor(times: FrameTimes, onIdle: () => void, onLate: () => void) {
    this.#times = times;
    this.#onIdle = onIdle;
    this.#onLate = onLate;
  }

  /** `frames`: how many have come so far. Who sends a byte now and then gets no more time for it. */
  enter(phase: Phase, frames: number): void {
    if (phase === this.#phase && frames === this.#frames) return;
    this.#phase = phase;
    this.#frames = frames;
    this.stop();
    const { headTimeoutMs, arrivalTimeoutMs, idleTimeoutMs } = this.#times;
    if (phase === "idle") this.#timer = setTimeout(this.#onIdle, idleTimeoutMs);
    else if (phase === "head") this.#timer = setTimeout(this.#onLate, headTimeoutMs);
    else if (phase === "body") this.#timer = setTimeout(this.#onLate, arrivalTimeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
