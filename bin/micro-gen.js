#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`micro-gen needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
// Node 20 spends a third of a run on optimizing functions that are done soon after; later ones wait by themselves.
if (major === 20) setFlagsFromString("--interrupt-budget=1000000");

const { runCommand } = await import("../dist/commands/run.js");
await runCommand(async (context) => {
  const { microGenCommand } = await import("../dist/commands/micro-gen-command.js");
  return microGenCommand(context);
});
