// Unary calls: ours, grpc-js and bare node:http2 in one run, rounds interleaved so that a busy machine hurts all alike.
// CPU of both ends per call is the number to trust; calls per second depend on what else runs.
//
//   npm run build && node bench/rpc.mjs [--rounds 5] [--ms 700] [--json]
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PEERS } from "./rpc/peers.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    ms: { type: "string", default: "700" },
    concurrency: { type: "string", default: "1,16,128" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const roundMs = Number(values.ms);

const once = (child) => new Promise((resolve) => child.once("message", resolve));
const micros = ({ user, system }) => user + system;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function start(name) {
  const child = fork(fileURLToPath(new URL("rpc/server.mjs", import.meta.url)), [name]);
  const { address } = await once(child);
  return { name, child, client: await PEERS[name].connect(address), samples: new Map() };
}

async function serverUsage(child) {
  const answer = once(child);
  child.send("usage");
  return answer;
}

/** Keeps `concurrency` calls in flight for `ms`. */
async function load(client, concurrency, ms) {
  const end = performance.now() + ms;
  let calls = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        await client.call();
        calls += 1;
      }
    }),
  );
  return calls;
}

async function sample({ client, child }, concurrency) {
  await load(client, concurrency, 100);
  const serverBefore = await serverUsage(child);
  const before = process.cpuUsage();
  const started = performance.now();
  const calls = await load(client, concurrency, roundMs);
  const seconds = (performance.now() - started) / 1000;
  const own = process.cpuUsage(before);
  const server = await serverUsage(child);
  return {
    perSecond: calls / seconds,
    server: (micros(server.cpu) - micros(serverBefore.cpu)) / calls,
    client: micros(own) / calls,
    rssMb: server.rss / 2 ** 20,
  };
}

const peers = [];
for (const name of Object.keys(PEERS)) peers.push(await start(name));
for (const peer of peers) await load(peer.client, 16, 1000);

const report = [];
for (const concurrency of values.concurrency.split(",").map(Number)) {
  const samples = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) samples.get(peer.name).push(await sample(peer, concurrency));
  }
  const rows = peers.map(({ name }) => {
    const of = (key) => median(samples.get(name).map((one) => one[key]));
    const [server, client] = [of("server"), of("client")];
    return { name, perSecond: of("perSecond"), server, client, both: server + client, rssMb: of("rssMb") };
  });
  const foreign = rows.find(({ name }) => name === "@grpc/grpc-js").both;
  const bare = rows.find(({ name }) => name === "raw node:http2").both;
  for (const row of rows)
    report.push({ concurrency, ...row, vsGrpcJs: row.both / foreign, vsHttp2: row.both / bare });
}

if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  console.table(
    report.map((row) => ({
      c: row.concurrency,
      peer: row.name,
      "calls/s": Math.round(row.perSecond),
      "server us": row.server.toFixed(1),
      "client us": row.client.toFixed(1),
      "both us": row.both.toFixed(1),
      "vs grpc-js": row.vsGrpcJs.toFixed(3),
      "vs http2": row.vsHttp2.toFixed(3),
      "server MB": Math.round(row.rssMb),
    })),
  );
}

for (const { client, child } of peers) {
  await client.close();
  child.disconnect();
}
