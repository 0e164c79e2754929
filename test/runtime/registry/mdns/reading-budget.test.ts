import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { createReadingBudget } from "../../../../src/runtime/registry/mdns/reading-budget.ts";
import { decodeText } from "../../../../src/runtime/registry/mdns/txt.ts";
import { createManualClock } from "../manual-clock.ts";

const MIB = 1024 * 1024;

test("when a neighbour has had 4 MiB read then no more of it is, until time has passed; others are not concerned", () => {
  const clock = createManualClock();
  const budget = createReadingBudget(clock);
  for (let count = 0; count < 64; count++) expect(budget.take("10.0.0.1", 64 * 1024)).toBe(true);
  expect(budget.take("10.0.0.1", 1)).toBe(false);
  expect(budget.take("10.0.0.2", 4 * MIB)).toBe(true);
  clock.advance(1_000);
  expect(budget.take("10.0.0.1", 1_000_000)).toBe(true);
  expect(budget.take("10.0.0.1", 100_000)).toBe(false);
  clock.advance(3_600_000);
  expect(budget.take("10.0.0.1", 4 * MIB)).toBe(true);
  expect(budget.take("10.0.0.1", 1)).toBe(false);
});

test("when a thousand senders are made up then the one who spoke last is still known", () => {
  const budget = createReadingBudget(createManualClock());
  budget.take("10.0.0.1", 4 * MIB);
  for (let count = 0; count < 1_000; count++) {
    budget.take(`10.1.${count >> 8}.${count & 255}`, 1);
    expect(budget.take("10.0.0.1", 1)).toBe(false);
  }
});

test("when there is no budget left then text is not parsed", () => {
  const hex = deflateSync(JSON.stringify({ Service: "a", Version: "1" })).toString("hex");
  const asked: number[] = [];
  const mayRead = (bytes: number) => {
    asked.push(bytes);
    return false;
  };
  expect(decodeText([Buffer.from(hex)])).toMatchObject({ service: "a" });
  expect(decodeText([Buffer.from(hex)], mayRead)).toBeUndefined();
  expect(asked).toEqual([29]);
});

test.each([
  ["service", "a\u001b[31m"],
  ["service", "a\nb"],
  ["version", "1\u202e"],
])("when %s holds what terminals obey then the text is none", (key, value) => {
  const json = { Service: "a", Version: "1", ...{ [key === "service" ? "Service" : "Version"]: value } };
  expect(decodeText([Buffer.from(deflateSync(JSON.stringify(json)).toString("hex"))])).toBeUndefined();
});
