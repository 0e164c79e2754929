const NOTHING: Buffer = Buffer.alloc(0);
const FIRST_BYTES = 4096;

/** Collects a body that comes in pieces, in one piece of memory that grows with what arrives, never by what a length promises. */
export class BodyBuffer {
  #memory: Buffer = NOTHING;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `isWhole`: nothing came before and nothing follows, so that the bytes need not be copied. */
  add(bytes: Buffer, isWhole: boolean): void {
    const size = this.#size + bytes.length;
    if (isWhole) this.#memory = bytes;
    else {
      if (size > this.#memory.length) {
        const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#memory.length, FIRST_BYTES));
        this.#memory.copy(larger, 0, 0, this.#size);
        this.#memory = larger;
      }
      bytes.copy(this.#memory, this.#size);
    }
    this.#size = size;
  }

  /** What was collected; the buffer is empty then. */
  take(): Buffer {
    const body = this.#memory.subarray(0, this.#size);
    this.#memory = NOTHING;
    this.#size = 0;
    return body;
  }
}
