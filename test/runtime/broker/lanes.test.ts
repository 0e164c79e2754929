import { expect, test } from "vitest";
import { DIALECTS } from "../../../src/runtime/broker/http/dialect.ts";
import type { Subscriber } from "../../../src/runtime/broker/http/directory.ts";
import { createLanes } from "../../../src/runtime/broker/http/lanes.ts";
import type { Parcel } from "../../../src/runtime/broker/http/parcel.ts";
import { createGate } from "../../contract/broker.ts";

const dialect = DIALECTS[0]!;
const node = (id: string): Subscriber => ({
  node: { id, address: "127.0.0.1:1", metadata: {} },
  dialect,
});
const parcel = (body: string): Parcel => ({ topic: "news", bodies: new Map([[dialect, body]]) });

/** Lanes that write down what arrived where; a node in `stuck` takes nothing until its gate opens. */
function setUp({ capacity = 64 } = {}) {
  const arrived: string[] = [];
  const lost: string[] = [];
  const stuck = new Map<string, Promise<void>>();
  const lanes = createLanes({
    capacity,
    async send({ node: { id } }, { bodies }) {
      await stuck.get(id);
      arrived.push(`${id}:${bodies.get(dialect)}`);
    },
    onLost: ({ node: { id } }, { bodies }, reason) =>
      void lost.push(`${id}:${bodies.get(dialect)} ${reason}`),
  });
  return { lanes, arrived, lost, stuck };
}

test("when parcels are put for one node then they arrive in order", async () => {
  const { lanes, arrived } = setUp();
  for (const body of ["1", "2", "3"]) await lanes.put(node("a"), parcel(body));
  await lanes.idle();
  expect(arrived).toEqual(["a:1", "a:2", "a:3"]);
});

test("when a node is told of in another dialect meanwhile then what waits for it is sent as it was packed", async () => {
  const sent: string[] = [];
  const gate = createGate();
  const lanes = createLanes({
    async send(to, { bodies }) {
      await gate.opened;
      sent.push(bodies.get(to.dialect) ?? "nothing");
    },
    onLost: () => expect.fail("nothing is lost"),
  });
  const other = DIALECTS[1]!;
  await lanes.put(node("a"), parcel("1"));
  await lanes.put(node("a"), parcel("2"));
  // As while it leaves: one of its records is gone, the other is not.
  await lanes.put({ ...node("a"), dialect: other }, { topic: "news", bodies: new Map([[other, "3"]]) });
  gate.open();
  await lanes.idle();
  expect(sent).toEqual(["1", "2", "3"]);
});

test("when one node is slow then the others do not wait for it", async () => {
  const { lanes, arrived, stuck } = setUp();
  const gate = createGate();
  stuck.set("slow", gate.opened);
  await lanes.put(node("slow"), parcel("1"));
  await lanes.put(node("fast"), parcel("1"));
  await new Promise(setImmediate);
  expect(arrived).toEqual(["fast:1"]);
  gate.open();
  await lanes.idle();
  expect(arrived).toEqual(["fast:1", "slow:1"]);
});

test("when a lane is full then putting waits for room", async () => {
  const { lanes, arrived, stuck } = setUp({ capacity: 2 });
  const gate = createGate();
  stuck.set("a", gate.opened);
  for (const body of ["1", "2", "3"]) await lanes.put(node("a"), parcel(body));
  let taken = false;
  const waiting = lanes.put(node("a"), parcel("4")).then(() => {
    taken = true;
  });
  await new Promise(setImmediate);
  expect(taken).toBe(false);
  gate.open();
  await waiting;
  await lanes.idle();
  expect(arrived).toEqual(["a:1", "a:2", "a:3", "a:4"]);
});

test("when a node fails then what waits for it is lost, and nobody waits longer", async () => {
  const { lanes, arrived, lost, stuck } = setUp({ capacity: 1 });
  const fails = Promise.reject(new Error("gone"));
  fails.catch(() => {});
  stuck.set("a", fails);
  await lanes.put(node("a"), parcel("1"));
  await lanes.put(node("a"), parcel("2"));
  await lanes.put(node("a"), parcel("3"));
  await lanes.idle();
  expect(arrived).toEqual([]);
  expect(lost).toEqual(["a:1 gone", "a:2 gone", "a:3 gone"]);
});

test("when a node has failed and is full again then publishers do not wait for it a second time, until it takes one", async () => {
  const { lanes, arrived, lost, stuck } = setUp({ capacity: 1 });
  const fails = Promise.reject(new Error("too slow"));
  fails.catch(() => {});
  stuck.set("a", fails);
  await lanes.put(node("a"), parcel("1"));
  await lanes.idle();
  const gate = createGate();
  stuck.set("a", gate.opened);
  for (const body of ["2", "3", "4", "5"]) await lanes.put(node("a"), parcel(body));
  expect(lost.slice(1)).toEqual([
    "a:4 it failed before and has not caught up",
    "a:5 it failed before and has not caught up",
  ]);
  gate.open();
  await lanes.idle();
  expect(arrived).toEqual(["a:2", "a:3"]);
  const slow = createGate();
  stuck.set("a", slow.opened);
  for (const body of ["6", "7"]) await lanes.put(node("a"), parcel(body));
  const waiting = lanes.put(node("a"), parcel("8"));
  slow.open();
  await waiting;
  await lanes.idle();
  expect(arrived).toEqual(["a:2", "a:3", "a:6", "a:7", "a:8"]);
});
