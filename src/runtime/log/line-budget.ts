import type { Clock } from "../registry/index.ts";

/** How many lines are written; what is beyond is counted. */
export interface LineBudget {
  /** False: this line is one too many. */
  take(): boolean;
}

export interface LineBudgetOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** Told once a second, while lines were too many, how many. */
  readonly onLeftOut: (count: number) => void;
}

/** Lets `perSecond` lines through, so many at once as well. Whether any were left out is told a second after the first. */
export function createLineBudget({ clock, perSecond, onLeftOut }: LineBudgetOptions): LineBudget {
  let left = perSecond;
  let filledAt = clock.now();
  let leftOut = 0;
  return {
    take() {
      const now = clock.now();
      left = Math.min(perSecond, left + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      if (left >= 1) {
        left -= 1;
        return true;
      }
      leftOut += 1;
      if (leftOut === 1)
        clock.after(1000, () => {
          const count = leftOut;
          leftOut = 0;
          onLeftOut(count);
        });
      return false;
    },
  };
}
