// Requests through `micro api` and `micro web` against node:http alone, in one run, rounds interleaved.
// CPU of the part in front per request is the number to trust; requests per second depend on what else runs.
//
//   npm run build && node bench/gateway.mjs [--rounds 3] [--ms 700] [--concurrency 1,16] [--json]
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    ms: { type: "string", default: "700" },
    concurrency: { type: "string", default: "1,16" },
    json: { type: "boolean", default: false },
  },
});
const BODY = JSON.stringify({ name: "Ada", count: 3, tags: ["a", "b"] });
const WARM_UP_REQUESTS = 6000;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const children = [];
async function start(...args) {
  const child = fork(fileURLToPath(new URL("gateway/server.mjs", import.meta.url)), args);
  children.push(child);
  const [{ address }] = await once(child, "message");
  return { child, address };
}

async function cpuOf(child) {
  child.send("usage");
  const [{ user, system }] = await once(child, "message");
  return user + system;
}

function post({ address, path, agent }) {
  const [host, port] = address.split(":");
  const headers = { "content-type": "application/json", "content-length": BODY.length };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, method: "POST", headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.resume().once("end", resolve);
    });
    request.once("error", reject);
    request.end(BODY);
  });
}

/** By count: on a busy machine a second is no warm-up. */
async function warmUp(subject, concurrency) {
  const each = Math.ceil(WARM_UP_REQUESTS / concurrency);
  const some = async () => {
    for (let count = 0; count < each; count++) await post(subject);
  };
  await Promise.all(Array.from({ length: concurrency }, some));
}

async function load(subject, concurrency, ms) {
  const end = performance.now() + ms;
  let count = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        await post(subject);
        count += 1;
      }
    }),
  );
  return count;
}

const http = await start("http");
const service = await start("service");
const subjects = [
  { name: "node:http alone", path: "/", ...http },
  { name: "micro api -> gRPC", path: "/bench/echo", ...(await start("api", service.address)) },
  { name: "micro web -> node:http", path: "/bench/", ...(await start("web", http.address)) },
];
const results = [];
try {
  for (const subject of subjects) {
    subject.agent = new Agent({ keepAlive: true, maxSockets: 16 });
    await warmUp(subject, 16);
    subject.agent.destroy();
  }
  for (const concurrency of values.concurrency.split(",").map(Number)) {
    const samples = new Map(subjects.map((subject) => [subject, []]));
    for (const subject of subjects) subject.agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const subject of subjects) {
        await load(subject, concurrency, 200);
        const before = await cpuOf(subject.child);
        const started = performance.now();
        const count = await load(subject, concurrency, Number(values.ms));
        const seconds = (performance.now() - started) / 1000;
        const cpu = (await cpuOf(subject.child)) - before;
        samples.get(subject).push({ perSecond: count / seconds, cpuMicros: cpu / count });
      }
    }
    for (const [subject, taken] of samples) {
      subject.agent.destroy();
      results.push({
        name: subject.name,
        concurrency,
        perSecond: Math.round(median(taken.map((sample) => sample.perSecond))),
        cpuMicros: Math.round(median(taken.map((sample) => sample.cpuMicros))),
      });
    }
  }
} finally {
  for (const child of children) child.kill();
}

if (values.json) console.log(JSON.stringify({ results }));
else {
  console.log("front                     in flight   requests/s   CPU of the front, us/request");
  for (const { name, concurrency, perSecond, cpuMicros } of results) {
    const [inFlight, rate, cpu] = [concurrency, perSecond, cpuMicros].map(String);
    console.log(`${name.padEnd(25)} ${inFlight.padStart(9)} ${rate.padStart(12)} ${cpu.padStart(30)}`);
  }
}
