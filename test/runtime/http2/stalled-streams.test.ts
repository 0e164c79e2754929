import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StalledStreams } from "../../../src/runtime/http2/stalled-streams.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const LIMIT_MS = 60_000;

function output(unsentBytes: number) {
  return { seat: { at: -1 }, unsentBytes, sentBytes: 0, stalled: vi.fn() };
}

test("when output waits without progress for the limit then its stream is given up, others not", () => {
  const streams = new StalledStreams(LIMIT_MS);
  const stuck = output(10);
  const nothingToSend = output(0);
  streams.add(stuck);
  streams.add(nothingToSend);
  vi.advanceTimersByTime(LIMIT_MS);
  expect(stuck.stalled).not.toHaveBeenCalled();
  vi.advanceTimersByTime(LIMIT_MS / 2);
  expect(stuck.stalled).toHaveBeenCalled();
  expect(nothingToSend.stalled).not.toHaveBeenCalled();
  streams.close();
});

test("when a slow peer takes something within each limit then it may take as long as it wants", () => {
  const streams = new StalledStreams(LIMIT_MS);
  const slow = output(10_000);
  streams.add(slow);
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(LIMIT_MS * 0.9);
    slow.sentBytes += 1;
  }
  expect(slow.stalled).not.toHaveBeenCalled();
  streams.close();
});

test("when more than a MiB waits in one piece then it has as many limits as MiB", () => {
  const streams = new StalledStreams(LIMIT_MS);
  const large = output(3.5 * 1024 * 1024);
  streams.add(large);
  vi.advanceTimersByTime(LIMIT_MS * 4);
  expect(large.stalled).not.toHaveBeenCalled();
  vi.advanceTimersByTime(LIMIT_MS);
  expect(large.stalled).toHaveBeenCalled();
  streams.close();
});

test("when the limit is 0 then nothing is given up and no timer runs", () => {
  const streams = new StalledStreams(0);
  const stuck = output(10);
  streams.add(stuck);
  expect(vi.getTimerCount()).toBe(0);
});

test("when no stream is left then the timer ends", () => {
  const streams = new StalledStreams(LIMIT_MS);
  const one = output(0);
  streams.add(one);
  expect(vi.getTimerCount()).toBe(1);
  streams.delete(one);
  vi.advanceTimersByTime(LIMIT_MS);
  expect(vi.getTimerCount()).toBe(0);
});
