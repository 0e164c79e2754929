import { expect, test } from "vitest";
import { createTurns } from "../../../src/runtime/broker/http/turns.ts";
import { createGate } from "../../contract/broker.ts";

test("when work is asked for then each key's is done in order, and keys do not wait for each other", async () => {
  const turns = createTurns(10);
  const gate = createGate();
  const done: string[] = [];
  const work = (name: string, until?: Promise<void>) => async () => {
    await until;
    done.push(name);
  };
  void turns.take("a", work("a1", gate.opened));
  void turns.take("a", work("a2"));
  await turns.take("b", work("b1"));
  expect(done).toEqual(["b1"]);
  gate.open();
  await turns.idle();
  expect(done).toEqual(["b1", "a1", "a2"]);
});

test("when work fails then whoever asked hears of it and the next is done", async () => {
  const turns = createTurns(10);
  const failed = turns.take("a", () => Promise.reject(new Error("no")));
  const next = turns.take("a", async () => "yes");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

test("when too many wait then the next is refused until there is room", async () => {
  const turns = createTurns(2);
  const gate = createGate();
  const first = turns.take("a", () => gate.opened);
  expect(turns.take("a", async () => {})).toBeDefined();
  expect(turns.take("a", async () => {})).toBeUndefined();
  expect(turns.take("b", async () => {})).toBeDefined();
  gate.open();
  await first;
  await turns.idle();
  expect(turns.take("a", async () => {})).toBeDefined();
});
