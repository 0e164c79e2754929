// A call inside one process: what the whole pipeline costs when there is no wire, and what of that is the copying of messages.
// CPU time per call, one call after the other; interleaved rounds, medians.
//
//   npm run build && node bench/in-process.mjs [--rounds 9] [--calls 100000]
// Run it several times: in one process of four V8's background compiler settles on slower code, and stays with it.
import { parseArgs } from "node:util";
import { createClient, createServer } from "../src/runtime/dist/index.js";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, calls: { type: "string", default: "100000" } },
});
const calls = Number(values.calls);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Two fields, as generated code copies them; `copies` false hands the object over as it is. */
const messageType = (copies) => ({
  typeName: "bench.Hello",
  create: copies ? (init) => ({ name: init?.name ?? "", size: init?.size ?? 0 }) : (init) => init,
});
const method = (type) => ({
  name: "Hello",
  kind: "unary",
  service: "bench.Greeter",
  input: type,
  output: type,
  idempotency: "unknown",
});
const handler = { hello: async (request) => ({ name: request.name, size: request.size + 1 }) };

function pipeline(copies) {
  const hello = method(messageType(copies));
  const server = createServer({ name: "bench" });
  server.handle({ typeName: "bench.Greeter", methods: { hello } }, handler);
  const client = createClient({ localService: () => server.dispatcher });
  return (request) => client.unary("bench", hello, request);
}

const subjects = {
  "handler called directly": (request) => handler.hello(request),
  "in-process call, messages copied (default)": pipeline(true),
  "the same without copies": pipeline(false),
};

async function sample(call) {
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index++) await call({ name: "Ada", size: index });
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / calls) * 1000;
}

const samples = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
for (const call of Object.values(subjects)) await sample(call);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, call] of Object.entries(subjects)) samples[name].push(await sample(call));
}
console.table(
  Object.entries(samples).map(([subject, all]) => ({ subject, "CPU ns per call": Math.round(median(all)) })),
);
