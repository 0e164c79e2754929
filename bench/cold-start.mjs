// From the start of a service's process to its first answer to a client that is warm; Node alone and grpc-js beside it in turns.
// Wall time depends on what else the machine does: the quickest of all rounds says what the start itself takes, CPU time what it costs.
//
//   npm run build && node bench/cold-start.mjs [--rounds 15]
//   npm run pack && node bench/cold-start.mjs --runtime UNPACKED/dist/index.js       # as it is installed: bundled
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { load } from "./rpc/peers.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, runtime: { type: "string" } },
});
const END = fileURLToPath(new URL("rpc/end.mjs", import.meta.url));
const RUNTIME =
  values.runtime === undefined
    ? new URL("../src/runtime/dist/index.js", import.meta.url).href
    : pathToFileURL(values.runtime).href;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Milliseconds to the address, to the first answer, and of CPU. */
async function start(name, peer) {
  const startedAt = performance.now();
  const child = fork(END, ["serve", name], { env: { ...process.env, BENCH_RUNTIME: RUNTIME } });
  const [{ address }] = await once(child, "message");
  const listening = performance.now() - startedAt;
  const client = await peer.connect(address);
  await client.call();
  const answered = performance.now() - startedAt;
  child.send("usage");
  const [{ cpu }] = await once(child, "message");
  await client.close();
  child.disconnect();
  await once(child, "exit");
  return { listening, answered, cpu: (cpu.user + cpu.system) / 1000 };
}

const subjects = ["raw node:http2", "@grpc/grpc-js", "ours, gRPC"];
const samples = new Map(subjects.map((name) => [name, []]));
const peers = new Map();
for (const name of subjects) peers.set(name, await load(name, RUNTIME));
for (const name of subjects) await start(name, peers.get(name));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of subjects) samples.get(name).push(await start(name, peers.get(name)));
}
console.log("service                 listening ms  first answer ms   quickest ms   CPU ms   (medians)");
for (const [name, all] of samples) {
  const of = (key) => median(all.map((one) => one[key])).toFixed(0);
  const quickest = Math.min(...all.map(({ answered }) => answered)).toFixed(0);
  const cells = [of("listening").padStart(13), of("answered").padStart(16), quickest.padStart(13)];
  console.log(`${name.padEnd(22)} ${cells.join(" ")} ${of("cpu").padStart(8)}`);
}
