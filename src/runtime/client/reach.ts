import { createNodeHttp2Engine } from "../http2/index.ts";
import { type Channel, createDirectChannel, type Dispatcher } from "../protocol/index.ts";
import { type Clock, isDialable, systemClock } from "../registry/index.ts";
import type { Reach } from "./attempts.ts";
import { Channels } from "./channels.ts";
import type { ClientOptions } from "./client-options.ts";
import { NodeWays } from "./node-ways.ts";
import { createOpeners } from "./openers.ts";

export const DIAL_TIMEOUT_MS = 1000;
export const POOL_TTL_MS = 60_000;

/** How a client with these options finds nodes and connects to them. */
export function reachOf(options: ClientOptions): Reach {
  const { httpVersion, transport, poolSize, poolTtlMs } = options;
  const engine = options.http2 ?? createNodeHttp2Engine();
  const openers =
    transport === undefined ? [] : createOpeners({ transport, engine, poolSize, poolTtlMs, httpVersion });
  const names = openers.map(({ name }) => name);
  return {
    selector: options.selector,
    channels: new Channels({
      openers,
      ttlMs: options.poolTtlMs ?? POOL_TTL_MS,
      dialTimeoutMs: DIAL_TIMEOUT_MS,
      isDialable: options.isDialable ?? isDialable,
    }),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    ways: new NodeWays([...new Set([options.protocol ?? "grpc", "direct", ...names])]),
    localService: options.localService,
    directChannel: directChannels(options.clock ?? systemClock),
    localNode: options.localNode,
    plainOnly: transport?.secure === false,
  };
}

/** One channel per service of this process; they hold nothing, so none needs closing. */
function directChannels(clock: Clock): (dispatcher: Dispatcher) => Channel {
  const channels = new WeakMap<Dispatcher, Channel>();
  return (dispatcher) => {
    let channel = channels.get(dispatcher);
    if (channel === undefined) {
      channel = createDirectChannel(dispatcher, clock);
      channels.set(dispatcher, channel);
    }
    return channel;
  };
}
