import { MicroError, unavailable } from "../errors/index.ts";
import { type Channel, type ChannelOpener, CLIENT_ID, markUnsent } from "../protocol/index.ts";

/** A channel and who has it. Who borrows it gets the entry itself: one object less per call. */
class Entry {
  channel: Channel | undefined;
  opening: Promise<Channel> | undefined;
  lastUsed = 0;
  inUse = 0;
  /** Its node has left: nobody new gets it, and it closes after the last who has it. */
  retired = false;

  release(): void {
    this.inUse -= 1;
    this.lastUsed = performance.now();
    if (this.retired && this.inUse === 0) void closeEntry(this);
  }
}

/** A channel on loan; give it back with `release`. `channel` may be another one later: take it at once. */
export interface Lease {
  readonly channel: Channel;
  release(): void;
}

export interface ChannelsOptions {
  readonly openers: readonly ChannelOpener[];
  /** How long an unused channel is kept. */
  readonly ttlMs: number;
  /** Time for one attempt to reach a node. */
  readonly dialTimeoutMs: number;
  /** False for addresses that are never dialled, whoever names them. */
  readonly isDialable: (address: string) => boolean;
}

/**
 * One channel per protocol, node and service, opened when first needed (many calls at once share one dial), dropped when it
 * closed, closed when nobody used it for a while or its node left.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  readonly #entries = new Map<string, Entry>();
  #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /** At once when the channel is open. Rejects with an `unsent` MicroError when the node cannot be reached. */
  lease(
    protocol: string,
    address: string,
    service: string,
    key: string = keyOf(protocol, address, service),
  ): Lease | Promise<Lease> {
    if (this.#closed) throw new MicroError({ id: CLIENT_ID, code: 503, detail: "the client is closed" });
    const entry = this.#entryOf(key);
    if (entry.channel !== undefined && !entry.channel.closed) return this.#lend(entry, entry.channel);
    entry.lastUsed = performance.now();
    entry.channel = undefined;
    entry.opening ??= this.#open(entry, protocol, address, service);
    return entry.opening.then((channel) => this.#lend(entry, channel));
  }

  /** Opens the channel before a call needs it. That it cannot be opened is for the call to find out. */
  warm(protocol: string, address: string, service: string): void {
    if (this.#closed) return;
    const leased = this.lease(protocol, address, service);
    if (leased instanceof Promise) leased.then((lease) => lease.release(), ignore);
    else leased.release();
  }

  /** The node has left: running calls finish, then its channels are closed. */
  retire(address: string, service: string): void {
    for (const { name } of this.#options.openers) {
      const key = keyOf(name, address, service);
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      this.#entries.delete(key);
      entry.retired = true;
      const closeUnused = () => {
        if (entry.inUse === 0) void closeEntry(entry);
      };
      // Whoever waits for the channel has asked before us, and gets it before us.
      if (entry.opening === undefined) closeUnused();
      else entry.opening.then(closeUnused, ignore);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(closeEntry));
  }

  #entryOf(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = new Entry();
      this.#entries.set(key, entry);
      this.#sweeper ??= setInterval(() => this.#sweep(), Math.max(100, this.#options.ttlMs / 4)).unref();
    }
    return entry;
  }

  async #open(entry: Entry, protocol: string, address: string, service: string): Promise<Channel> {
    try {
      const opener = this.#options.openers.find(({ name }) => name === protocol);
      if (opener === undefined) throw unknownProtocol(protocol, address, this.#options.openers);
      if (!this.#options.isDialable(address)) {
        throw markUnsent(unavailable(CLIENT_ID, `${address} is no address that a service can have`));
      }
      entry.channel = await opener.open(address, { timeoutMs: this.#options.dialTimeoutMs, service });
      if (this.#closed) void entry.channel.close();
      return entry.channel;
    } finally {
      entry.opening = undefined;
    }
  }

  #lend(entry: Entry, channel: Channel): Lease {
    entry.inUse += 1;
    return entry.channel === channel ? (entry as Lease) : { channel, release: () => entry.release() };
  }

  #sweep(): void {
    const oldest = performance.now() - this.#options.ttlMs;
    for (const [key, entry] of this.#entries) {
      if (entry.inUse > 0 || entry.opening !== undefined || entry.lastUsed > oldest) continue;
      this.#entries.delete(key);
      void closeEntry(entry);
    }
    if (this.#entries.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
  }
}

/** Names a channel. Over TLS a connection was proven to lead to one service. */
export function keyOf(protocol: string, address: string, service: string): string {
  return `${protocol} ${address} ${service}`;
}

function ignore(): void {}

async function closeEntry(entry: Entry): Promise<void> {
  try {
    const channel = entry.channel ?? (await entry.opening);
    await channel?.close();
  } catch {
    // It never opened: whoever waited for it was told.
  }
}

function unknownProtocol(name: string, address: string, openers: readonly ChannelOpener[]): MicroError {
  const known = openers.map((opener) => opener.name).join(", ") || "none (no transport was given)";
  return new MicroError({
    id: CLIENT_ID,
    code: 501,
    detail: `${address} speaks ${name}, which this client does not; it knows ${known}`,
  });
}
