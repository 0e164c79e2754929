import { expect, test } from "vitest";
import { RetryBudget } from "../../../src/runtime/client/retry-budget.ts";

function withdrawals(budget: RetryBudget, now: number): number {
  let count = 0;
  while (budget.withdraw(now)) count += 1;
  return count;
}

test("when nothing was called yet then ten seconds' worth of the floor may be repeated", () => {
  expect(withdrawals(new RetryBudget(), 5_000)).toBe(100);
});

test("when calls were made then a fifth of them may be repeated besides", () => {
  const budget = new RetryBudget({ perSecond: 0 });
  for (let call = 0; call < 1000; call++) budget.deposit(1_000 + call);
  expect(withdrawals(budget, 2_000)).toBe(200);
  expect(withdrawals(budget, 2_001)).toBe(0);
});

test("when ten seconds have passed then calls and repetitions are forgotten", () => {
  const budget = new RetryBudget({ perSecond: 1 });
  for (let call = 0; call < 1000; call++) budget.deposit(1_000);
  expect(withdrawals(budget, 10_999)).toBe(210);
  expect(withdrawals(budget, 11_000)).toBe(0); // the calls are, the repetitions not yet
  expect(withdrawals(budget, 1_000_000)).toBe(10);
});

test("when the clock stands still then nothing is forgotten", () => {
  const budget = new RetryBudget({ perSecond: 1 });
  expect(withdrawals(budget, 3_000)).toBe(10);
  expect(withdrawals(budget, 3_000)).toBe(0);
  expect(withdrawals(budget, 2_000)).toBe(0);
});
