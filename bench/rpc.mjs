// Unary calls: ours, the frameworks of others and what Node itself costs, in one run, rounds interleaved so that a busy machine hurts
// all alike. CPU of both ends per call is the number to trust; calls per second depend on what else runs.
//
//   npm run build && node bench/rpc.mjs [--rounds 5] [--ms 700] [--in-flight 1,16,128] [--peers "ours, gRPC;@grpc/grpc-js"] [--json]
//   node bench/rpc.mjs --against OTHER/src/runtime/dist/index.js     # ours as built elsewhere, beside ours as built here
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { PEERS } from "./rpc/peers.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    ms: { type: "string", default: "700" },
    "in-flight": { type: "string", default: "1,16,128" },
    peers: { type: "string" },
    against: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
  },
});
const END = fileURLToPath(new URL("rpc/end.mjs", import.meta.url));
const HERE = new URL("../src/runtime/dist/index.js", import.meta.url).href;
/** By count, since on a busy machine a second is no warm-up; the slowest get no longer than that. */
const WARM_UP = { calls: 25_000, ms: 10_000 };
/** Before each sample: while the others had their turn, V8 may have thrown away what it had compiled. */
const WARM_AGAIN = { calls: 3000, ms: 1500 };

const micros = ({ user, system }) => user + system;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Name of a row -> peer and runtime. */
function subjects() {
  const names = values.peers?.split(";").map((name) => name.trim()) ?? Object.keys(PEERS);
  const unknown = names.filter((name) => !Object.hasOwn(PEERS, name));
  if (unknown.length > 0)
    throw new Error(`unknown: ${unknown.join("; ")}. Known: ${Object.keys(PEERS).join("; ")}`);
  return names.flatMap((name) => [
    { row: name, name, runtime: HERE },
    ...(PEERS[name].isOurs
      ? values.against.map((path) => ({ row: `${name} (${path})`, name, runtime: pathToFileURL(path).href }))
      : []),
  ]);
}

async function start({ row, name, runtime }) {
  const env = { ...process.env, BENCH_RUNTIME: runtime };
  const server = fork(END, ["serve", name], { env });
  const [{ address }] = await once(server, "message");
  const client = fork(END, ["call", name, address], { env });
  await once(client, "message");
  return { row, server, client };
}

async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, "message");
  return answer;
}

async function sample({ server, client }, inFlight) {
  await ask(client, { inFlight, ...WARM_AGAIN });
  const before = await ask(server, "usage");
  const { calls, seconds, cpu } = await ask(client, { inFlight, ms: Number(values.ms) });
  const after = await ask(server, "usage");
  return {
    perSecond: calls / seconds,
    server: (micros(after.cpu) - micros(before.cpu)) / calls,
    client: micros(cpu) / calls,
    rssMb: after.rss / 2 ** 20,
  };
}

const peers = [];
for (const subject of subjects()) peers.push(await start(subject));
for (const peer of peers) await ask(peer.client, { inFlight: 16, ...WARM_UP });

const report = [];
for (const inFlight of values["in-flight"].split(",").map(Number)) {
  const samples = new Map(peers.map(({ row }) => [row, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const peer of peers) samples.get(peer.row).push(await sample(peer, inFlight));
  }
  const rows = peers.map(({ row }) => {
    const of = (key) => median(samples.get(row).map((one) => one[key]));
    const both = median(samples.get(row).map((one) => one.server + one.client));
    return {
      row,
      inFlight,
      perSecond: of("perSecond"),
      server: of("server"),
      client: of("client"),
      both,
      rssMb: of("rssMb"),
    };
  });
  const cpuOf = (name) => rows.find(({ row }) => row === name)?.both;
  const [grpcJs, http2] = [cpuOf("@grpc/grpc-js"), cpuOf("raw node:http2")];
  for (const row of rows) report.push({ ...row, vsGrpcJs: row.both / grpcJs, vsHttp2: row.both / http2 });
}

if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  const line = (cells) =>
    console.log(
      cells
        .map((cell, index) => (index === 1 ? String(cell).padEnd(34) : String(cell).padStart(10)))
        .join(" "),
    );
  line([
    "in flight",
    "peer",
    "calls/s",
    "server us",
    "client us",
    "both us",
    ": grpc-js",
    ": http2",
    "server MB",
  ]);
  for (const row of report) {
    line([
      row.inFlight,
      row.row,
      Math.round(row.perSecond),
      ...[row.server, row.client, row.both].map((us) => us.toFixed(1)),
      ...[row.vsGrpcJs, row.vsHttp2].map((ratio) => (Number.isNaN(ratio) ? "" : ratio.toFixed(3))),
      Math.round(row.rssMb),
    ]);
  }
}

for (const { server, client } of peers) {
  server.disconnect();
  client.disconnect();
}
