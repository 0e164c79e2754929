import { expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { conflict } from "../../../src/runtime/errors/index.ts";
import { createCollector, createGate, describeBrokerContract, message } from "../../contract/broker.ts";

describeBrokerContract("memory", async () => ({ broker: createMemoryBroker() }));

test("when a handler fails then one line names topic and reason", async () => {
  const lines: string[] = [];
  const broker = createMemoryBroker({ onProblem: (line) => lines.push(line) });
  await broker.subscribe("fragile", () => {
    throw new Error("no ink");
  });
  await broker.publish("fragile", message("1"));
  await broker.close();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/handler of topic fragile failed: Error: no ink/);
});

test("when a handler fails with a MicroError then the line is its code and detail, without a stack", async () => {
  const lines: string[] = [];
  const broker = createMemoryBroker({ onProblem: (line) => lines.push(line) });
  await broker.subscribe("fragile", () => {
    throw conflict("go.micro.srv.printer", "already printed");
  });
  await broker.publish("fragile", message("1"));
  await broker.close();
  expect(lines).toEqual(["handler of topic fragile failed: 409 already printed"]);
});

test("when a subscriber is 1024 events behind then the newest is dropped and said", async () => {
  const lines: string[] = [];
  const broker = createMemoryBroker({ onProblem: (line) => lines.push(line) });
  const release = createGate();
  const collector = createCollector();
  await broker.subscribe("flood", async (event) => {
    await release.opened;
    collector.handler(event);
  });
  for (let index = 0; index <= 1025; index++) void broker.publish("flood", message(String(index)));
  release.open();
  await broker.close();
  expect(collector.texts).toHaveLength(1024);
  expect(collector.texts.at(-1)).toBe("1023");
  expect(lines).toEqual(Array(2).fill("a subscriber of topic flood is too far behind: event dropped"));
});
