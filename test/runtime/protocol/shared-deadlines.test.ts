import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedDeadlines } from "../../../src/runtime/protocol/shared-deadlines.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A call due in `ms`, and whether it expired. */
function due(ms: number) {
  return { deadline: Date.now() + ms, deadlineSeat: { at: -1 }, expire: vi.fn() };
}

test("when deadlines pass in any order then each call expires at its own, once", () => {
  const deadlines = new SharedDeadlines();
  const [late, early, middle] = [due(5000), due(100), due(1000)];
  for (const call of [late, early, middle]) deadlines.add(call);
  const expired = () => [early, middle, late].map(({ expire }) => expire.mock.calls.length);

  vi.advanceTimersByTime(99);
  expect(expired()).toEqual([0, 0, 0]);
  vi.advanceTimersByTime(1);
  expect(expired()).toEqual([1, 0, 0]);
  vi.advanceTimersByTime(900);
  expect(expired()).toEqual([1, 1, 0]);
  vi.advanceTimersByTime(60_000);
  expect(expired()).toEqual([1, 1, 1]);
});

test("when a call is over before then it does not expire, and one that began later still does", () => {
  const deadlines = new SharedDeadlines();
  const first = due(1000);
  deadlines.add(first);
  vi.advanceTimersByTime(500);
  deadlines.delete(first);
  const second = due(1000);
  deadlines.add(second);
  vi.advanceTimersByTime(999);
  expect(second.expire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(second.expire).toHaveBeenCalledOnce();
  expect(first.expire).not.toHaveBeenCalled();
});

test("when thousands of calls come and go then there is one timer, and none once it has found nothing left", () => {
  const deadlines = new SharedDeadlines();
  for (let index = 0; index < 5000; index++) {
    const call = due(5000);
    deadlines.add(call);
    deadlines.delete(call);
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(5000);
  expect(vi.getTimerCount()).toBe(0);
});

test("when one call's end ends another then the other does not expire besides", () => {
  const deadlines = new SharedDeadlines();
  const [one, other] = [due(100), due(100)];
  one.expire.mockImplementation(() => deadlines.delete(other));
  other.expire.mockImplementation(() => deadlines.delete(one));
  deadlines.add(one);
  deadlines.add(other);
  vi.advanceTimersByTime(100);
  expect(one.expire.mock.calls.length + other.expire.mock.calls.length).toBe(1);
});

test("calls without a deadline, or with one weeks away, are left alone", () => {
  const deadlines = new SharedDeadlines();
  const [never, far] = [due(Number.POSITIVE_INFINITY), due(2 ** 40)];
  deadlines.add(never);
  deadlines.add(far);
  expect(vi.getTimerCount()).toBe(0);
  deadlines.delete(never);
  deadlines.delete(far);
  const soon = due(10);
  deadlines.add(soon);
  vi.advanceTimersByTime(10);
  expect(soon.expire).toHaveBeenCalledOnce();
});
