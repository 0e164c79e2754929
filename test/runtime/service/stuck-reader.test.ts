import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../fixtures/programs/talkative.mjs", import.meta.url));
const ENV = { MICRO_REGISTRY: "memory", MICRO_BROKER: "memory", MICRO_SERVER_ADDRESS: "127.0.0.1:0" };

test("when whoever collects the log is stuck then the service answers, holds a mebibyte of lines, and tells the loss when they are read", async () => {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...ENV },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const [address] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const talk = async () => {
      const response = await fetch(`http://${address.trim()}/test.Talkative/Talk`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      return ((await response.json()) as { waiting: number }).waiting;
    };
    // Eight megabytes each; nobody reads.
    for (let call = 0; call < 3; call++) {
      const waiting = await talk();
      expect(waiting).toBeGreaterThan(500_000);
      expect(waiting).toBeLessThan(1_060_000);
    }
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
    await expect.poll(() => text.length).toBeGreaterThan(1_000_000);
    await talk();
    await expect
      .poll(() => text)
      .toMatch(/"level":"warn",[^\n]*"message":"\d+ lines of the log are lost: nobody read them in time"/);
    for (const line of text.split("\n").slice(0, -1)) expect(() => JSON.parse(line)).not.toThrow();
  } finally {
    child.kill("SIGKILL");
  }
});
