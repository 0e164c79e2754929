import { expect, it, vi } from "vitest";
import { createEventQueue } from "../../../src/runtime/registry/event-queue.ts";
import { aService } from "../../contract/registry.ts";

const iterate = (queue: ReturnType<typeof createEventQueue>) => queue.events[Symbol.asyncIterator]();
const created = () => ({ action: "create", service: aService() }) as const;

it("nothing starts before somebody asks, and asking twice starts once", () => {
  const start = vi.fn(() => () => {});
  const iterator = iterate(createEventQueue(start));
  expect(start).not.toHaveBeenCalled();
  void iterator.next();
  void iterator.next();
  expect(start).toHaveBeenCalledTimes(1);
});

it("events wait in order for who reads slowly, and go in order to who waits", async () => {
  const events = Array.from({ length: 4 }, created);
  const queue = createEventQueue((started) => {
    started.push(events[0]!);
    return () => {};
  });
  const iterator = iterate(queue);
  const [first, second] = [iterator.next(), iterator.next()];
  for (const event of events.slice(1)) queue.push(event);
  const read = [await first, await second, await iterator.next(), await iterator.next()];
  expect(read.map((result) => result.value)).toEqual(events);
});

it("who falls 10,000 events behind is told to look again instead", async () => {
  const queue = createEventQueue(() => () => {});
  const iterator = iterate(queue);
  void iterator.next();
  for (let i = 0; i < 10_002; i++) queue.push(created());
  expect((await iterator.next()).value).toEqual({ action: "reset" });
});

it.each(["return", "abort", "end"] as const)(
  "%s frees what was started, once, and ends the iteration",
  async (way) => {
    const stop = vi.fn();
    const aborting = new AbortController();
    const queue = createEventQueue(() => stop, aborting.signal);
    const iterator = iterate(queue);
    const waiting = iterator.next();
    const finish = {
      return: () => iterator.return?.(),
      abort: () => aborting.abort(),
      end: () => queue.end(),
    };
    await finish[way]();
    queue.end();
    queue.push(created());
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(stop).toHaveBeenCalledTimes(1);
  },
);

it("what ends while it starts is freed as well", async () => {
  const stop = vi.fn();
  const iterator = iterate(
    createEventQueue((started) => {
      started.end();
      return stop;
    }),
  );
  expect((await iterator.next()).done).toBe(true);
  expect(stop).toHaveBeenCalledTimes(1);
});

it("nothing starts for a signal that has aborted", async () => {
  const start = vi.fn(() => () => {});
  expect((await iterate(createEventQueue(start, AbortSignal.abort())).next()).done).toBe(true);
  expect(start).not.toHaveBeenCalled();
});
