import { createRandom } from "./random.ts";

/** The seed that `MICRO_TEST_SEED` asks for. */
export function givenSeed(): number | undefined {
  const text = process.env.MICRO_TEST_SEED;
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) >>> 0 : undefined;
}

export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/**
 * Runs `work` with `count` seeds, new ones every time, one after the other; with `MICRO_TEST_SEED` only with that one. The
 * error of a run that fails names its seed.
 */
export async function forEachSeed(count: number, work: (seed: number) => Promise<void>): Promise<void> {
  const asked = givenSeed();
  const random = createRandom(newSeed());
  for (let run = 1; run <= (asked === undefined ? count : 1); run++) {
    const seed = asked ?? random.between(0, 2 ** 32 - 1);
    try {
      await work(seed);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const again = `MICRO_TEST_SEED=${seed} replays it alone`;
      throw new Error(`run ${run} of ${count} failed, ${again}: ${reason}`, { cause });
    }
  }
}
