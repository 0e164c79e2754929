// node --import trace-files.mjs program: writes every path that the program looks at to the file TRACE_FILE, as JSON.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

const { writeFileSync } = fs;
const seen = new Set();
const looking = /^(?:access|exists|lstat|open|opendir|readdir|readFile|readlink|realpath|stat)(?:Sync)?$/;

function traced(original) {
  return (path, ...rest) => {
    if (typeof path === "string") seen.add(resolve(path));
    return original(path, ...rest);
  };
}

for (const library of [fs, fs.promises]) {
  for (const [name, original] of Object.entries(library)) {
    if (!looking.test(name)) continue;
    library[name] = traced(original);
    if ("native" in original) library[name].native = traced(original.native);
  }
}
syncBuiltinESMExports();
process.on("exit", () => writeFileSync(process.env.TRACE_FILE, JSON.stringify([...seen])));
