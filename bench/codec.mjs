// Encoding, decoding and JSON: ours beside protobufjs (static code), protobuf-es and plain JSON, in CPU time.
//   node bench/codec.mjs [--rounds 5] [--shapes Tiny,Medium,Large] [--quick] [--json] [--browser]
// Each library runs in processes of its own; the median over the rounds counts. Ratios above 1 mean ours is faster.
// On a shared machine read anything below 1.3 as a tie. --quick: one short round, in under a minute. --browser: ours as
// bundlers give it to browsers, run by Node all the same. Needs `npm run build` at the root.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { messages } from "./codec/messages.mjs";
import { forBrowsers, prepare } from "./codec/prepare.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    shapes: { type: "string", default: Object.keys(messages).join(",") },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    browser: { type: "boolean", default: false },
  },
});
const OPERATIONS = ["encode", "encodeInto", "decode", "toJson", "toJsonBytes", "fromJson"];
const PEERS = ["protobufjs", "protobuf-es", "plain-json"];
const rounds = values.quick ? 1 : Number(values.rounds);
const measure = fileURLToPath(new URL("codec/measure.mjs", import.meta.url));

await prepare();
const rows = [];
for (const shape of values.shapes.split(",")) {
  const times = {};
  for (let round = 0; round < rounds; round++)
    for (const library of ["ours", ...PEERS]) {
      const module =
        library === "ours" && values.browser
          ? forBrowsers
          : new URL(`codec/libraries/${library}.mjs`, import.meta.url).href;
      // One thread: on a busy machine the compiler in the background would not be done when the clock starts, and waiting
      // helpers of the garbage collector count as work.
      const parameters = ["--single-threaded", measure, module, shape, ...(values.quick ? ["--quick"] : [])];
      const output = execFileSync(process.execPath, parameters, { encoding: "utf8" });
      for (const [operation, time] of Object.entries(JSON.parse(output))) {
        times[library] ??= {};
        times[library][operation] ??= [];
        times[library][operation].push(time);
      }
    }
  for (const operation of OPERATIONS) {
    const ours = median(times.ours[operation]);
    const row = { shape, operation, "ours/s": Math.round(1e6 / ours) };
    for (const peer of PEERS) {
      // Nobody else writes into a given buffer: compared with their encode.
      const samples = times[peer][operation] ?? (operation === "encodeInto" ? times[peer].encode : undefined);
      row[peer] = samples === undefined ? null : Math.round((median(samples) / ours) * 100) / 100;
    }
    rows.push(row);
  }
}
if (values.json) console.log(JSON.stringify({ node: process.version, rounds, rows }, undefined, 2));
else {
  console.log(`Node ${process.version}, median of ${rounds} processes; how many times as fast as the peer:`);
  console.table(rows);
}

function median(samples) {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1];
}
