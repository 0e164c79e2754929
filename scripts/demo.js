// `npm run demo`: scaffolds the greeter with the packed tool, starts it, calls it every way, and stays up until Ctrl-C.
// `npm run demo -- --once` verifies, cleans up and exits 0, or 1 naming the step that failed.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { checks } from "./demo/checks.js";
import { Processes } from "./demo/processes.js";
import { prepare, root } from "./prepare.js";
import { run } from "./run.js";

const { values: options } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    "api-port": { type: "string", default: "8080" },
    "web-port": { type: "string", default: "8082" },
  },
});
const apiUrl = `http://localhost:${options["api-port"]}`;
const webUrl = `http://localhost:${options["web-port"]}`;
const folder = mkdtempSync(join(tmpdir(), "greeter-demo-"));
const project = join(folder, "greeter");
const toolkit = join(project, "node_modules/@micro-service/toolkit/bin/micro.js");
const processes = new Processes();
const stop = new AbortController();

// Loopback only: nothing of the demo is seen from, or sees, other machines.
const env = {
  ...process.env,
  MICRO_SERVER_ADDRESS: "127.0.0.1:0",
  MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  MICRO_BROKER_ADDRESS: "127.0.0.1:0",
};

const isColoured = process.stderr.isTTY && process.env.NO_COLOR === undefined;
const paint = (style, text) => (isColoured ? styleText(style, text) : text);
const started = Date.now();
let step = "";
const begin = (text) => {
  step = text;
};
const tell = (text) => {
  begin(text);
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
  process.stderr.write(`${paint("gray", `${seconds} s`)}  ${text}\n`);
};

const micro = (...args) =>
  run(process.execPath, [toolkit, ...args], { cwd: project, env, timeoutMs: 15_000, signal: stop.signal });

/** Says at once what would stop the demo half a minute later. */
async function checkPorts() {
  for (const flag of ["api-port", "web-port"]) {
    begin(`looking for a free port (--${flag})`);
    const server = createServer();
    await new Promise((resolve, reject) => {
      server.once("error", ({ code }) =>
        reject(new Error(`port ${options[flag]}: ${code}; choose another with --${flag}`)),
      );
      server.listen(Number(options[flag]), "127.0.0.1", () => server.close(resolve));
    });
  }
}

function startAll() {
  tell("starting SRV, API, WEB, micro api and micro web; they find each other by mDNS");
  const start = (name, args, cwd) => processes.start(name, process.execPath, args, { cwd, env });
  for (const type of ["srv", "api", "web"]) start(`greeter-${type}`, ["dist/main.js"], join(project, type));
  start("micro api", [toolkit, "api", "--address", `127.0.0.1:${options["api-port"]}`], project);
  start("micro web", [toolkit, "web", "--address", `127.0.0.1:${options["web-port"]}`], project);
}

async function verify() {
  for (const [title, check] of checks({ apiUrl, webUrl, micro })) {
    begin(title);
    try {
      const answer = await check();
      tell(`${paint("green", "ok")} ${title}: ${paint("cyan", answer)}`);
    } catch (error) {
      // The reason why a call failed is often that a process ended.
      processes.checkAlive();
      throw error;
    }
  }
}

const howToTry = () => `
  Try it:
    curl -H 'content-type: application/json' -d '{"name":"Asim"}' ${apiUrl}/greeter/hello
    curl '${apiUrl}/greeter/hello?name=John'
    open ${webUrl}/greeter/
    cd ${project} && export MICRO_REGISTRY_ADDRESS=127.0.0.1
    npm run -s micro -- list services
    npm run -s micro -- call go.micro.srv.greeter Greeter.Hello '{"name":"Ada"}'
    npm run -s micro -- stream go.micro.srv.greeter Greeter.Count '{"to":3}'

  Ctrl-C stops everything and removes ${folder}
`;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop.abort());

try {
  await checkPorts();
  await prepare(tell, stop.signal);
  const { scaffoldGreeter } = await import("./demo/scaffold.js");
  const handler = join(root, "examples/greeter/handler.ts");
  await scaffoldGreeter(folder, { handler, env, tell, signal: stop.signal });
  startAll();
  await verify();
  if (!options.once) {
    process.stdout.write(howToTry());
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  }
} catch (error) {
  if (stop.signal.aborted) {
    process.exitCode = 130;
  } else {
    process.stderr.write(`\nThe demo failed at: ${step}\n${error.message}\n`);
    process.exitCode = 1;
  }
} finally {
  await processes.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
