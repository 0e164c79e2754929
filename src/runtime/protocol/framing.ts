import { MicroError } from "../errors/index.ts";
import type { Compression } from "./compression.ts";

const PREFIX_BYTES = 5;
const FIRST_ALLOCATION = 64 * 1024;
/** So many pieces of a message may be small; HTTP/2 peers send 16 KiB at a time. */
const MAX_SMALL_PIECES = 1000;
const SMALL_PIECE_BYTES = 64;

const COMPRESSED = 1;

/** Puts the 5-byte prefix of gRPC and Connect before a message: flags, length big-endian. One buffer, so one write. */
export function frameMessage(message: Uint8Array, flags = 0): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = flags;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** {@link frameMessage}, compressed if that is wanted and worth it. A promise only when there is something to wait for. */
export function frameCompressed(
  message: Uint8Array,
  compression: Compression | undefined,
  flags = 0,
): Buffer | Promise<Buffer> {
  if (compression === undefined || message.length < compression.minBytes) return frameMessage(message, flags);
  return compression.compress(message).then((bytes) => frameMessage(bytes, flags | COMPRESSED));
}

export interface FramingOptions {
  /** Largest message, before and after inflating. */
  readonly maxMessageBytes: number;
  /** How the messages of the stream may be compressed; none without one. */
  readonly compression: Compression | undefined;
  /** The flag of the frame that ends a stream: 2 for Connect, 128 for gRPC-Web, 0 where there is none. */
  readonly endFlag: number;
  /** Id of the errors thrown. */
  readonly errorId: string;
}

/**
 * Cuts the bytes of a stream into messages. Feed `push`, then take from `next` until it is undefined. A message that
 * arrived in one piece is a view on the chunk, not a copy. Both throw MicroError 429 (RESOURCE_EXHAUSTED) for a message
 * beyond the limit and 500 (INTERNAL) for a broken frame. The frame that ends the stream is no message: see `end`.
 */
export class MessageReader {
  readonly #options: FramingOptions;
  #chunk: Buffer = EMPTY;
  #at = 0;
  /** Start of a frame that is not complete yet; grows with what arrives, never by what the prefix promises. */
  #partial: Buffer = EMPTY;
  #filled = 0;
  /** Chunks the unfinished frame has taken so far. */
  #pieces = 0;
  #end: Uint8Array | undefined;
  #isUnused = true;

  constructor(options: FramingOptions) {
    this.#options = options;
  }

  get maxMessageBytes(): number {
    return this.#options.maxMessageBytes;
  }

  /** What the frame that ends the stream holds, once it has come. */
  get end(): Uint8Array | undefined {
    return this.#end;
  }

  /** True until the first bytes come. */
  get isUnused(): boolean {
    return this.#isUnused;
  }

  /** True while a frame has begun and not ended. */
  get isInsideFrame(): boolean {
    return this.#filled > 0 || this.#at < this.#chunk.length;
  }

  /** True while `next` has not been asked for all that was pushed: the rest waits here as it came, compressed. */
  get hasUnread(): boolean {
    return this.#at < this.#chunk.length;
  }

  push(chunk: Buffer): void {
    this.#isUnused = false;
    this.#chunk = this.hasUnread ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
    // Every piece costs far more than its bytes: a message sent byte by byte is an attack, not a message.
    this.#pieces = this.#filled === 0 ? 0 : this.#pieces + 1;
    if (this.#pieces > MAX_SMALL_PIECES && this.#filled < this.#pieces * SMALL_PIECE_BYTES) {
      const detail = "the message came in too many small pieces";
      throw new MicroError({ id: this.#options.errorId, code: 429, detail });
    }
  }

  next(): Uint8Array | undefined {
    const frame = this.#nextFrame();
    if (frame === undefined) return undefined;
    if (this.#end !== undefined) throw this.#broken("more follows what said it was the last");
    const flags = frame[0] as number;
    const bytes = flags === 0 ? frame.subarray(PREFIX_BYTES) : this.#open(flags, frame);
    if (flags === 0 || (flags & this.#options.endFlag) === 0) return bytes;
    this.#end = bytes;
    return this.next();
  }

  #nextFrame(): Buffer | undefined {
    const available = this.#chunk.length - this.#at;
    if (this.#filled === 0 && available >= PREFIX_BYTES) {
      const size = PREFIX_BYTES + this.#lengthOf(this.#chunk, this.#at);
      if (available >= size) {
        const frame = this.#chunk.subarray(this.#at, this.#at + size);
        this.#at += size;
        return frame;
      }
    }
    return available > 0 ? this.#continueFrame() : undefined;
  }

  #continueFrame(): Buffer | undefined {
    if (this.#filled < PREFIX_BYTES && !this.#fill(PREFIX_BYTES)) return undefined;
    const size = PREFIX_BYTES + this.#lengthOf(this.#partial, 0);
    if (!this.#fill(size)) return undefined;
    const frame = this.#partial.subarray(0, size);
    this.#partial = EMPTY;
    this.#filled = 0;
    return frame;
  }

  /** Copies from the chunk until `size` bytes of the frame are here; false when the chunk is used up before. */
  #fill(size: number): boolean {
    const take = Math.min(size - this.#filled, this.#chunk.length - this.#at);
    const needed = this.#filled + take;
    if (this.#partial.length < needed) {
      const room = Math.max(needed, Math.min(size, Math.max(FIRST_ALLOCATION, this.#partial.length * 2)));
      const larger = Buffer.allocUnsafe(room);
      this.#partial.copy(larger, 0, 0, this.#filled);
      this.#partial = larger;
    }
    this.#chunk.copy(this.#partial, this.#filled, this.#at, this.#at + take);
    this.#filled = needed;
    this.#at += take;
    return this.#filled === size;
  }

  #lengthOf(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at + 1);
    if (length > this.#options.maxMessageBytes) throw this.#tooLarge(String(length));
    return length;
  }

  /** What a frame with flags holds. */
  #open(flags: number, frame: Buffer): Uint8Array {
    const { compression, endFlag, maxMessageBytes } = this.#options;
    const bytes = frame.subarray(PREFIX_BYTES);
    const rest = flags & ~endFlag;
    if (rest === 0) return bytes;
    if (rest !== COMPRESSED) throw this.#broken(`flags ${flags} mean nothing here`);
    if (compression === undefined) throw this.#broken("a message is compressed and no header says how");
    try {
      return compression.inflate(bytes, maxMessageBytes);
    } catch (error) {
      if (error instanceof RangeError) throw this.#tooLarge("more");
      throw this.#broken(`message is not valid ${compression.name}`);
    }
  }

  #tooLarge(size: string): MicroError {
    const { errorId, maxMessageBytes } = this.#options;
    return new MicroError({
      id: errorId,
      code: 429,
      detail: `message of ${size} bytes exceeds the limit of ${maxMessageBytes}`,
    });
  }

  #broken(detail: string): MicroError {
    return new MicroError({ id: this.#options.errorId, code: 500, detail: `broken frame: ${detail}` });
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
