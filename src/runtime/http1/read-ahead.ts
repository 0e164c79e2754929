import type { Readable } from "node:stream";

/** What a peer may send ahead of a reader who is behind: as much as on a stream of HTTP/2. */
const MAX_AHEAD_BYTES = 1 << 20;
/** What a chunk costs besides its bytes. */
const CHUNK_BYTES = 256;

/**
 * Reads a connection of HTTP/1.1 for somebody who may fall behind. Nobody hears that a peer has left without reading what it
 * sent before: so reading goes on while somebody is behind, up to a mebibyte, and only then the peer is made to wait.
 */
export class ReadAhead {
  readonly #source: Readable;
  readonly #onData: (chunk: Buffer) => void;
  readonly #onEnd: () => void;
  readonly #held: Buffer[] = [];
  #heldBytes = 0;
  #isBehind = false;
  #isGiving = false;
  #ended = false;

  /** `onEnd` comes after all data, `onData` never while behind. */
  constructor(source: Readable, onData: (chunk: Buffer) => void, onEnd: () => void) {
    this.#source = source;
    this.#onData = onData;
    this.#onEnd = onEnd;
    source.on("data", (chunk: Buffer) => this.#came(chunk));
    source.on("end", () => {
      this.#ended = true;
      this.#give();
    });
  }

  /** The reader is behind: it is given nothing until `resume`. */
  pause(): void {
    this.#isBehind = true;
  }

  /** The reader caught up. It may fall behind again while it is given what came meanwhile. */
  resume(): void {
    this.#isBehind = false;
    this.#give();
  }

  #came(chunk: Buffer): void {
    if (!this.#isBehind && this.#held.length === 0) {
      this.#onData(chunk);
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length + CHUNK_BYTES;
    if (this.#heldBytes >= MAX_AHEAD_BYTES) this.#source.pause();
  }

  #give(): void {
    if (this.#isGiving) return;
    this.#isGiving = true;
    let given = 0;
    for (const chunk of this.#held) {
      if (this.#isBehind) break;
      given += 1;
      this.#heldBytes -= chunk.length + CHUNK_BYTES;
      this.#onData(chunk);
    }
    this.#held.splice(0, given);
    this.#isGiving = false;
    if (this.#isBehind) return;
    this.#source.resume();
    if (this.#ended) {
      this.#ended = false;
      this.#onEnd();
    }
  }
}
