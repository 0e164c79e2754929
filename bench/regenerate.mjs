// Regeneration speed: micro-gen in a project of 20 services, after one of its schemas changed.
//
//   node bench/regenerate.mjs [--rounds=7]
//
// Each service has a folder, a schema of five rpcs and ten messages, a handler and a main of its own, and its copy of all
// generated code, as create-micro-service lays projects out. Every round changes another schema, with one run per kind of
// change. CPU time is of the process with its threads; wall time depends on what else the machine does, so its load is told.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const microGen = fileURLToPath(new URL("../bin/micro-gen.js", import.meta.url));
const rounds = Number(process.argv.find((flag) => flag.startsWith("--rounds="))?.slice(9) ?? 7);
const project = mkdtempSync(join(tmpdir(), "bench-regenerate-"));
const names = Array.from({ length: 20 }, (_, index) => `Shop${index + 1}`);
try {
  for (const name of names) write(name);
  writeFile("micro.json", JSON.stringify(microJson(), undefined, 2));
  run("the first run");
  run("settling"); // files are as old now as the memory of a run wants them to be
  const results = {};
  const measure = (what, result) => {
    results[what] ??= [];
    results[what].push(result);
  };
  for (let round = 0; round < rounds; round++) {
    const name = names[round % names.length];
    const path = `proto/${name.toLowerCase()}.proto`;
    edit(path, "string note = 4;", `string note = 4;\n  int32 count${round} = ${round + 10};`);
    measure("micro-gen, a field added to one schema", run("a field"));
    edit(path, "rpc Get(", `rpc More${round}(GetRequest) returns (GetResponse);\n  rpc Get(`);
    measure("micro-gen, an rpc added to one schema", run("an rpc"));
    const handler = readFileSync(
      join(project, `${name.toLowerCase()}/src/handler/${name.toLowerCase()}.ts`),
      "utf8",
    );
    if (!handler.includes(`more${round}(`)) throw new Error("The handler did not get its member.");
    run("settling");
    measure("micro-gen --check, nothing changed", run("check", "--check"));
    rmSync(join(project, ".micro/cache"), { recursive: true });
    measure("micro-gen --check, nothing changed, without the memory of a run (CI)", run("CI", "--check"));
    run("settling");
  }
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`);
  console.log(
    `Load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(", ")}; medians of ${rounds}, and the quickest:`,
  );
  for (const [what, values] of Object.entries(results)) {
    const told = ["cpu", "wall"].map((key) => {
      const sorted = values.map((value) => value[key]).sort((a, b) => a - b);
      return `${key} ${sorted[sorted.length >> 1].toFixed(2)} s (${sorted[0].toFixed(2)})`;
    });
    console.log(`${what}: ${told.join(", ")}`);
  }
} finally {
  rmSync(project, { recursive: true });
}

function microJson() {
  const services = names.map((name) => ({
    name: `go.micro.srv.${name.toLowerCase()}`,
    type: "srv",
    dir: name.toLowerCase(),
  }));
  return { namespace: "go.micro", services, proto: ["proto"] };
}

function write(name) {
  const lower = name.toLowerCase();
  const rpcs = ["Get", "List", "Create", "Update", "Delete"];
  const messages = rpcs.flatMap((rpc) => [`${rpc}Request`, `${rpc}Response`]);
  const fields = "string id = 1;\n  int64 size = 2;\n  repeated string tags = 3;\n  string note = 4;";
  writeFile(
    `proto/${lower}.proto`,
    [
      'syntax = "proto3";',
      `package ${lower};`,
      `service ${name} {`,
      ...rpcs.map((rpc) => `  rpc ${rpc}(${rpc}Request) returns (${rpc}Response);`),
      "}",
      ...messages.map((message) => `message ${message} {\n  ${fields}\n}`),
      "",
    ].join("\n"),
  );
  const members = rpcs.map(
    (rpc) =>
      `  ${rpc.toLowerCase()}(request: ${rpc}Request): ${rpc}Response {\n    return { ...request }; // mine\n  }\n`,
  );
  writeFile(
    `${lower}/src/handler/${lower}.ts`,
    `import type { ${name}Handler } from "../gen/${lower}.service.ts";\nimport type { ${messages.join(", ")} } from "../gen/${lower}.ts";\n\nexport class ${name} implements ${name}Handler {\n${members.join("\n")}}\n`,
  );
  writeFile(
    `${lower}/src/main.ts`,
    `import { createService } from "@micro-service/runtime";\nimport { register${name}Handler } from "./gen/${lower}.service.ts";\nimport { ${name} } from "./handler/${lower}.ts";\n\nconst service = await createService({ name: "go.micro.srv.${lower}" });\nregister${name}Handler(service.server, new ${name}());\nawait service.run();\n`,
  );
}

function writeFile(path, text) {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function edit(path, before, after) {
  const text = readFileSync(join(project, path), "utf8");
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
  writeFile(path, text.replace(before, after));
}

function run(what, ...args) {
  const before = childSeconds();
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [microGen, "-q", ...args], {
    cwd: project,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${what}: exit ${status}\n${stderr}`);
  return { wall: (performance.now() - begin) / 1000, cpu: childSeconds() - before };
}

/** CPU time of all children so far, from Linux's /proc (cutime and cstime, in hundredths of a second); Node tells none. */
function childSeconds() {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
