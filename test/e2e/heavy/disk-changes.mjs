import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** Calls `act` with the name of the function in front of the n-th change of the disk, counted from 0. */
export function inFrontOfChange(n, act) {
  let left = n;
  const watch = (target, name) => {
    const original = target[name];
    target[name] = (...values) => {
      if (left-- === 0) act(name);
      return original.apply(target, values);
    };
  };
  for (const name of ["renameSync", "rmSync", "rmdirSync", "writeFileSync", "mkdirSync", "chmodSync"])
    watch(fs, name);
  for (const name of ["rename", "rm", "rmdir", "writeFile", "mkdir", "open"]) watch(fs.promises, name);
  syncBuiltinESMExports();
}
