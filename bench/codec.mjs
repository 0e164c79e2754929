// Encoding, decoding and JSON: ours beside protobufjs (static code), protobuf-es and plain JSON, in CPU time.
//   node bench/codec.mjs [--rounds 3] [--json]
// Each library runs in processes of its own; the median over the rounds counts. Ratios above 1 mean ours is faster.
// On a shared machine read anything below 1.3 as a tie.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { messages } from "./codec/messages.mjs";
import { prepare } from "./codec/prepare.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, json: { type: "boolean", default: false } },
});
const OPERATIONS = ["encode", "encodeInto", "decode", "toJson", "toJsonBytes", "fromJson"];
const PEERS = ["protobufjs", "protobuf-es", "plain-json"];
const measure = fileURLToPath(new URL("codec/measure.mjs", import.meta.url));

await prepare();
const rows = [];
for (const shape of Object.keys(messages)) {
  const times = {};
  for (let round = 0; round < Number(values.rounds); round++)
    for (const library of ["ours", ...PEERS]) {
      const output = execFileSync(process.execPath, [measure, library, shape], { encoding: "utf8" });
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
      row[peer] = samples === undefined ? null : Math.round((median(samples) / ours) * 10) / 10;
    }
    rows.push(row);
  }
}
if (values.json) console.log(JSON.stringify({ node: process.version, rows }, undefined, 2));
else {
  console.log(`Node ${process.version}; how many times as fast as the peer:`);
  console.table(rows);
}

function median(samples) {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1];
}
