import type { MucpStreamServerCall } from "./server-stream.ts";

/** Streams remembered after their end, so that what was still under way to them opens no new ones. */
const MAX_ENDED = 100;

/** The streams of one connection by the id their frames share. */
export class StreamTable {
  readonly #open = new Map<string, MucpStreamServerCall>();
  readonly #ids = new Map<MucpStreamServerCall, string>();
  readonly #ended = new Set<string>();

  get(id: string): MucpStreamServerCall | undefined {
    return this.#open.get(id);
  }

  /** True for one of the streams that ended last. */
  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  add(id: string, stream: MucpStreamServerCall): void {
    this.#open.set(id, stream);
    this.#ids.set(stream, id);
  }

  /** The stream is over. */
  end(stream: MucpStreamServerCall): void {
    const id = this.#ids.get(stream);
    if (id === undefined) return;
    this.#ids.delete(stream);
    this.#open.delete(id);
    this.#ended.add(id);
    if (this.#ended.size <= MAX_ENDED) return;
    const [oldest] = this.#ended;
    this.#ended.delete(oldest as string);
  }
}
