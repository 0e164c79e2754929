// micro-gen itself, in a project of its own, as a person runs it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { microGenCommand } from "../../dist/commands/micro-gen-command.js";
import { createTerminal } from "../../dist/commands/terminal.js";

const microJson = {
  namespace: "go.micro",
  services: [{ name: "go.micro.srv.desk", type: "srv", dir: "." }],
  proto: ["proto"],
  compatibility: "none",
};

async function run(cwd, argv) {
  let text = "";
  const stream = {
    isTTY: false,
    write: (chunk) => {
      text += chunk;
    },
  };
  const terminal = createTerminal({ stdout: stream, stderr: stream, env: {}, argv });
  const exitCode = await microGenCommand({
    argv,
    cwd,
    env: {},
    terminal,
    signal: new AbortController().signal,
  });
  return { exitCode, text };
}

function write(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

const below = (folder, files) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

/** @returns the user's files afterwards, what was told, and whether a second run had nothing to do */
export async function ours({ user, before, change, answers }) {
  const folder = mkdtempSync(join(tmpdir(), "merge-"));
  try {
    write(folder, {
      "micro.json": JSON.stringify(microJson),
      ...below("proto", before),
      ...below("src", user),
    });
    const first = await run(folder, ["--quiet"]);
    if (first.exitCode !== 0) throw new Error(first.text);
    for (const name of Object.keys(before)) rmSync(join(folder, "proto", name));
    write(folder, below("proto", change.protos));
    const flags = answers ? (change.renames ?? []).flatMap((rename) => ["--rename", rename]) : [];
    const { text } = await run(folder, flags);
    const again = await run(folder, ["--check"]);
    return { files: sourcesIn(join(folder, "src")), told: text, isStable: again.exitCode === 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sourcesIn(folder) {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".ts") && !path.startsWith("gen/"))
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}
