// Loaded in front of a program: kills it, as kill -9 does, in front of its n-th change of the disk.
import { inFrontOfChange } from "./disk-changes.mjs";

inFrontOfChange(Number(process.env.KILL_AFTER), () => process.kill(process.pid, "SIGKILL"));
