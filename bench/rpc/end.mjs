// One end of one peer: node end.mjs serve NAME, or node end.mjs call NAME ADDRESS. Told what to do by rpc.mjs.
import { load } from "./peers.mjs";

const [role, name, address] = process.argv.slice(2);
const peer = await load(name, process.env.BENCH_RUNTIME);
const usage = () => ({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });

process.on("disconnect", () => process.exit());
if (role === "serve") {
  process.on("message", () => process.send(usage()));
  process.send({ address: await peer.serve() });
} else {
  const client = await peer.connect(address);
  process.on("message", async (order) => process.send(await keepCalling(client, order)));
  await client.call();
  process.send({});
}

/** Keeps `inFlight` calls going for `ms`, or until `most` were made. */
async function keepCalling(client, { inFlight, ms, calls: most = Number.POSITIVE_INFINITY }) {
  const before = process.cpuUsage();
  const started = performance.now();
  const end = started + ms;
  let calls = 0;
  const one = async () => {
    while (calls < most && performance.now() < end) {
      await client.call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  const { user, system } = process.cpuUsage(before);
  return { calls, seconds: (performance.now() - started) / 1000, cpu: { user, system } };
}
