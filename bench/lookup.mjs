// What finding costs as a system grows: a node for a call among many, and a method of a server among many. Flat is the aim.
// CPU time per step, interleaved rounds, medians.
//
//   npm run build && node bench/lookup.mjs [--rounds 7]
import { parseArgs } from "node:util";
import { createMemoryRegistry, createSelector, createServer } from "../src/runtime/dist/index.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const STEPS = 200_000;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Picks and gives back a node, as every call does; `strategy` as users name it. */
async function balancer(strategy, count) {
  const registry = createMemoryRegistry();
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n-${index}`,
    address: `10.0.${index >> 8}.${index & 255}:9000`,
    metadata: { protocol: "grpc" },
  }));
  await registry.register({ name: "s", version: "1", metadata: {}, endpoints: [], nodes });
  const selector = createSelector({ registry, strategy });
  await selector.next("s").then?.(({ node }) => selector.report(node, "success"));
  return () => {
    const found = selector.next("s");
    if (found instanceof Promise) throw new Error("the cache did not answer");
    selector.report(found.node, "success");
  };
}

const message = { typeName: "bench.M", create: (init) => init };

/** Finds the route of a method by its path, going round all of them. */
function router(count) {
  const server = createServer({ name: "bench" });
  const methods = {};
  const handler = {};
  for (let index = 0; index < count; index++) {
    const name = `Method${index}`;
    methods[name] = {
      name,
      kind: "unary",
      service: "bench.Many",
      input: message,
      output: message,
      idempotency: "unknown",
    };
    handler[name] = (request) => request;
  }
  server.handle({ typeName: "bench.Many", methods }, handler);
  const paths = Object.keys(methods).map((name) => `bench.Many/${name}`);
  let turn = 0;
  return () => server.dispatcher.route(paths[turn++ % count]);
}

const subjects = [];
for (const strategy of ["leastLoaded", "roundRobin", "random"]) {
  for (const count of [1, 10, 100, 1000, 10_000]) {
    subjects.push({ what: `a node, ${strategy}`, count, step: await balancer(strategy, count) });
  }
}
for (const count of [1, 10, 100, 1000]) subjects.push({ what: "a method", count, step: router(count) });

function sample(step) {
  const before = process.cpuUsage();
  for (let index = 0; index < STEPS; index++) step();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / STEPS;
}

for (const subject of subjects) {
  subject.samples = [];
  sample(subject.step);
}
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { step, samples } of subjects) samples.push(sample(step));
}
console.log("found                          among    ns of CPU");
for (const { what, count, samples } of subjects) {
  console.log(`${what.padEnd(26)} ${String(count).padStart(9)} ${median(samples).toFixed(0).padStart(12)}`);
}
process.exit();
