// Loaded in front of a program: kills it, as kill -9 does, in front of its n-th change of the disk.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let left = Number(process.env.KILL_AFTER);
const change = (target, name) => {
  const original = target[name];
  target[name] = (...values) => {
    if (left-- === 0) process.kill(process.pid, "SIGKILL");
    return original.apply(target, values);
  };
};
for (const name of ["renameSync", "rmSync", "rmdirSync", "writeFileSync", "mkdirSync", "chmodSync"])
  change(fs, name);
for (const name of ["rename", "rm", "rmdir", "writeFile", "mkdir", "open"]) change(fs.promises, name);
syncBuiltinESMExports();
