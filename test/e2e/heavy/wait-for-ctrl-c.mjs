// Loaded in front of a program at a terminal: in front of its n-th change of the disk it says so, and waits for Ctrl-C.
import { spawnSync } from "node:child_process";
import { inFrontOfChange } from "./disk-changes.mjs";

inFrontOfChange(Number(process.env.WAIT_AT), (change) => {
  // A terminal sends Ctrl-C to the program and to this shell, one after the other; nothing tells that the program has it.
  const wait = `trap 'sleep 0.2; exit 0' INT; echo "Waiting in front of ${change}."; while :; do sleep 0.02; done`;
  spawnSync("sh", ["-c", wait], { stdio: "inherit" });
});
