import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { freePort } from "./etcd.ts";

const NATS = "/usr/sbin/nats-server";
if (!existsSync(NATS)) {
  // As .ci/run does; without rights or network the tests are skipped by name.
  spawnSync("apt-get", ["install", "-y", "-qq", "nats-server"], { stdio: "ignore", timeout: 120_000 });
}
export const isNatsMissing = !existsSync(NATS);
export const natsSkipReason = isNatsMissing ? ` (skipped: there is no ${NATS})` : "";

/** Debian's NATS server on a port of loopback; `stop` and `start` again as often as needed. */
export async function createNats(flags: readonly string[] = []) {
  const port = await freePort();
  let child: ChildProcess;
  return {
    address: `127.0.0.1:${port}`,
    async start() {
      child = spawn(NATS, ["-a", "127.0.0.1", "-p", String(port), ...flags], { stdio: "ignore" });
      for (;;) {
        if (child.exitCode !== null) throw new Error("nats-server did not start");
        const socket = connect(port, "127.0.0.1");
        const isUp = await Promise.race([
          once(socket, "data").then(() => true),
          once(socket, "error").then(() => false),
        ]).catch(() => false);
        socket.destroy();
        if (isUp) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
