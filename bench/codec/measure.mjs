// One library in one process: prints CPU microseconds per operation as JSON.
//   node measure.mjs <module of libraries/> <shape> [--quick]
import { messages } from "./messages.mjs";

const quick = process.argv.includes("--quick");
const WARM_UP_MS = quick ? 150 : 200;
const SAMPLE_MS = quick ? 20 : 50;
const SAMPLES = 7;

// What an operation returns goes here, or the compiler could leave the work out.
export let sink;

const [module, shape] = process.argv.slice(2);
const { load } = await import(module);
const operations = load(shape, messages[shape]);
const result = {};
for (const [name, run] of Object.entries(operations)) result[name] = measure(run);
console.log(JSON.stringify(result));

function measure(run) {
  // CPU time here, too: on a busy machine little is warm after as much time on the clock.
  const warmUp = process.cpuUsage();
  let rounds = 0;
  while (cpuSince(warmUp) < WARM_UP_MS * 1000) {
    for (let i = 0; i < 50; i++) sink = run();
    rounds += 50;
  }
  const batch = Math.max(10, Math.round((rounds * SAMPLE_MS) / WARM_UP_MS));
  const samples = Array.from({ length: SAMPLES }, () => {
    const start = process.cpuUsage();
    for (let i = 0; i < batch; i++) sink = run();
    return cpuSince(start) / batch;
  });
  return samples.sort((a, b) => a - b)[SAMPLES >> 1];
}

function cpuSince(start) {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
