// The serving process of one peer: tells its address, then its CPU time whenever asked.
import { PEERS } from "./peers.mjs";

const address = await PEERS[process.argv[2]].serve();
process.on("message", () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
process.on("disconnect", () => process.exit());
process.send({ address });
