import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ETCD = "/usr/bin/etcd";
export const isEtcdMissing = !existsSync(ETCD);
export const etcdSkipReason = isEtcdMissing ? ` (skipped: there is no ${ETCD})` : "";

/** A port of loopback that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Debian's etcd in a folder of its own; `stop` and `start` keep its data. */
export async function createEtcd() {
  const folder = await mkdtemp(join(tmpdir(), "etcd-"));
  const [client, peer] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${client}`;
  let child: ChildProcess;
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://${address}/v3${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const etcd = {
    address,
    post,
    async start() {
      child = spawn(
        ETCD,
        [
          ...["--data-dir", folder, "--name", "one", "--logger", "zap", "--log-level", "error"],
          ...["--listen-client-urls", `http://${address}`, "--advertise-client-urls", `http://${address}`],
          ...[
            "--listen-peer-urls",
            `http://127.0.0.1:${peer}`,
            "--initial-advertise-peer-urls",
            `http://127.0.0.1:${peer}`,
          ],
          ...["--initial-cluster", `one=http://127.0.0.1:${peer}`],
        ],
        { stdio: "ignore" },
      );
      for (;;) {
        if (child.exitCode !== null) throw new Error("etcd did not start");
        if (
          await post("/maintenance/status", {}).then(
            (status) => status.leader !== undefined && status.leader !== "0",
            () => false,
          )
        )
          return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop(signal: NodeJS.Signals = "SIGKILL") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
    async remove() {
      await etcd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return etcd;
}
