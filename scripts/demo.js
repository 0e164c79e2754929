// `npm run demo`: scaffolds the greeter with the packed tool, starts it, calls it every way, and stays up until Ctrl-C.
// `npm run demo -- --once` verifies, cleans up and exits 0, or 1 naming the step that failed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
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
const started = Date.now();
const processes = new Processes();
const folder = mkdtempSync(join(tmpdir(), "greeter-demo-"));
const project = join(folder, "greeter");

// Loopback only: nothing of the demo is seen from, or sees, other machines.
const env = {
  ...process.env,
  MICRO_SERVER_ADDRESS: "127.0.0.1:0",
  MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  MICRO_BROKER_ADDRESS: "127.0.0.1:0",
};

let step = "";
const tell = (text) => {
  step = text;
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
  process.stderr.write(`${seconds} s  ${text}\n`);
};
const micro = (...args) =>
  run(process.execPath, [join(project, "node_modules/@micro-service/toolkit/bin/micro.js"), ...args], {
    cwd: project,
    env,
    timeoutMs: 15_000,
  });

function startAll() {
  tell("starting SRV, API, WEB, micro api and micro web; they find each other by mDNS");
  for (const type of ["srv", "api", "web"]) {
    processes.start(`greeter-${type}`, process.execPath, ["dist/main.js"], { cwd: join(project, type), env });
  }
  const bin = join(project, "node_modules/@micro-service/toolkit/bin/micro.js");
  const at = (port) => `127.0.0.1:${port}`;
  processes.start("micro api", process.execPath, [bin, "api", "--address", at(options["api-port"])], {
    cwd: project,
    env,
  });
  processes.start("micro web", process.execPath, [bin, "web", "--address", at(options["web-port"])], {
    cwd: project,
    env,
  });
}

async function verify() {
  for (const [title, check] of checks({ apiUrl, webUrl, micro })) {
    tell(title);
    processes.checkAlive();
    try {
      await check();
    } catch (error) {
      processes.checkAlive();
      throw error;
    }
  }
}

async function cleanUp() {
  await processes.stop();
  rmSync(folder, { recursive: true, force: true });
}

const stopped = new Promise((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve("stop"));
});

try {
  const work = (async () => {
    await prepare(tell);
    const { scaffoldGreeter } = await import("./demo/scaffold.js");
    await scaffoldGreeter(folder, { handler: join(root, "examples/greeter/handler.ts"), env, tell });
    startAll();
    await verify();
    return "up";
  })();
  work.catch(() => {});
  const outcome = await Promise.race([work, stopped]);
  if (outcome === "up") {
    tell("everything answers");
    if (!options.once) {
      process.stdout.write(`
  Try it:
    curl -H 'content-type: application/json' -d '{"name":"Asim"}' ${apiUrl}/greeter/hello
    curl '${apiUrl}/greeter/hello?name=John'
    open ${webUrl}/greeter/
    cd ${project} && export MICRO_REGISTRY_ADDRESS=127.0.0.1
    npm run -s micro -- list services
    npm run -s micro -- call go.micro.srv.greeter Greeter.Hello '{"name":"Ada"}'
    npm run -s micro -- stream go.micro.srv.greeter Greeter.Count '{"to":3}'

  Ctrl-C stops everything and removes ${folder}
`);
      await stopped;
    }
  } else {
    process.exitCode = 130;
  }
} catch (error) {
  process.stderr.write(`\nThe demo failed at: ${step}\n${error.message}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
// A step still running after Ctrl-C (npm, say) must not keep us here.
process.exit();
