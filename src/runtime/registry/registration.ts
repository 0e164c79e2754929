import { messageOf } from "../errors/index.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import { describeRegistry } from "./describe-registry.ts";
import type { Registry } from "./registry.ts";
import type { Service } from "./service.ts";

export interface RegistrationOptions {
  readonly registry: Registry;
  /** Asked anew at every renewal; name, version, id and address of its node stay the same. */
  readonly record: () => Service;
  /** 0: the record stays until deregistered. */
  readonly ttlMs: number;
  /** 0: never renewed. */
  readonly intervalMs: number;
  /** Gets one line when renewing begins to fail, and one when it works again. */
  readonly onNotice: (line: string) => void;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Values in [0, 1) that spread renewals. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** A record on the registry, kept alive until `end`. */
export interface Registration {
  /** Stops renewing and removes the record. Never rejects: a registry that is away forgets us by itself. */
  end(): Promise<void>;
}

const START_PAUSES_MS = [100, 400];
/** After a failed renewal, so that a registry that lost its memory knows us soon after it is back. */
const RETRY_MS = 1_000;
const DEREGISTER_TIMEOUT_MS = 3_000;

/** Registers, trying three times, and renews from then on. Rejects with the last attempt's error. */
export async function keepRegistered(options: RegistrationOptions): Promise<Registration> {
  const { registry, intervalMs, onNotice, clock = systemClock, random = Math.random } = options;
  const { name } = options.record();
  const send = () => registry.register(options.record(), options.ttlMs > 0 ? { ttlMs: options.ttlMs } : {});
  await retry(send, clock);

  let cancelTimer: (() => void) | undefined;
  let renewal: Promise<void> = Promise.resolve();
  let ended = false;
  let away = false;

  function schedule(delayMs: number): void {
    if (ended || intervalMs === 0) return;
    cancelTimer = clock.after(delayMs, () => {
      renewal = renew();
    });
  }
  async function renew(): Promise<void> {
    try {
      await send();
      if (away) onNotice(`${name}: registered again in ${describeRegistry(registry)}`);
      away = false;
    } catch (error) {
      if (!away && !ended)
        onNotice(
          `${name}: cannot renew the registration in ${describeRegistry(registry)}: ${messageOf(error)}`,
        );
      away = true;
    }
    schedule(away ? Math.min(RETRY_MS, intervalMs) : jittered(intervalMs, random()));
  }
  schedule(jittered(intervalMs, random()));

  return {
    async end() {
      if (ended) return;
      ended = true;
      cancelTimer?.();
      try {
        // A renewal under way would bring the record back.
        await within(
          DEREGISTER_TIMEOUT_MS,
          renewal.then(() => registry.deregister(options.record())),
          clock,
        );
      } catch (error) {
        onNotice(`${name}: cannot deregister from ${describeRegistry(registry)}: ${messageOf(error)}`);
      }
    },
  };
}

async function retry(work: () => Promise<void>, clock: Clock): Promise<void> {
  for (const pauseMs of START_PAUSES_MS) {
    try {
      return await work();
    } catch {
      await sleep(clock, pauseMs);
    }
  }
  return work();
}

/** Ten percent more or less, so that services started together do not renew together. */
function jittered(ms: number, random: number): number {
  return ms * (0.9 + random * 0.2);
}

async function within(ms: number, work: Promise<void>, clock: Clock): Promise<void> {
  let cancelTimer: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancelTimer = clock.after(ms, () => reject(new Error(`no answer within ${ms} ms`)), true);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    cancelTimer?.();
  }
}
