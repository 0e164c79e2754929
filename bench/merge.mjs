// Handlers as people write them, crossed with changes of their schema: what each way to regenerate does to them.
// node merge.mjs          the tables of docs/changing-a-schema.md
// node merge.mjs --json   every case
// node merge.mjs --write  puts the tables into the page
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, loadSchema } from "../dist/index.js";
import { starterHandler } from "../dist/scaffold/handler-code.js";
import { projectServices } from "../dist/scaffold/project-services.js";
import { before, changes } from "./merge/changes.mjs";
import { edits } from "./merge/edits.mjs";
import { compile, hasMarkers, isKept } from "./merge/judge.mjs";
import { ours } from "./merge/ours.mjs";
import { strategies } from "./merge/strategies.mjs";
import { tables } from "./merge/tables.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), "merge-matrix-")));
const progress = (text) => process.stderr.write(`${text}\n`);

// As it is when the measurement begins: generated code and the runtime go together.
cpSync(join(root, "src/runtime"), join(folder, "runtime"), {
  recursive: true,
  filter: (path) => !/[\\/](node_modules|dist)$/.test(path),
});
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

try {
  const old = await schemaOf(before, "before");
  const starter = starterOf(old);
  const generated = {};
  const cases = [];
  const add = (one) => cases.push({ id: `case-${cases.length}`, ...one });
  for (const [index, change] of changes.entries()) {
    progress(`${index + 1} of ${changes.length}: ${change.name}`);
    const schema = await schemaOf(change.protos, `c${index}`);
    generated[`c${index}`] = codeOf(schema);
    const fresh = starterOf(schema);
    const members = schema.files
      .flatMap(({ services }) => services.slice(0, 1))
      .flatMap(({ methods }) =>
        methods.map(({ name, kind }) => ({ property: name.toLowerCase(), stream: kind !== "unary" })),
      );
    for (const edit of edits) {
      const user = edit.make(starter);
      const common = { edit: edit.name, change: `c${index}`, changeName: change.name };
      const judged = (strategy, files, more) =>
        add({
          ...common,
          strategy,
          files,
          lost: !edit.isUntouched && !isKept(user, files, change.words),
          markers: hasMarkers(files),
          ...more,
        });
      for (const { name, run } of strategies)
        judged(name, run({ user, starter, fresh, change, members, generatedBefore: codeOf(old) }));
      for (const [name, answers] of [
        ["micro-gen, nobody to ask", false],
        ["micro-gen, asked", true],
      ]) {
        const { files, told, isStable } = await ours({ user, before, change, answers });
        const todo = told.split("\n").filter((line) => /^src\/\S+:\d+:\d+ /.test(line));
        judged(name, files, { told: todo, isStable });
      }
    }
  }
  progress(`compiling ${cases.length} cases`);
  const errors = compile(
    folder,
    root,
    generated,
    cases.filter(({ markers }) => !markers),
  );
  const results = cases.map(({ files, ...one }) => ({ ...one, errors: errors.get(one.id) ?? [] }));
  if (process.argv.includes("--json")) console.log(JSON.stringify(results, undefined, 1));
  else if (process.argv.includes("--write")) putIntoPage(tables(results));
  else console.log(tables(results));
} finally {
  rmSync(folder, { recursive: true });
}

async function schemaOf(protos, name) {
  const cwd = join(folder, "protos", name);
  for (const [path, text] of Object.entries(protos)) {
    mkdirSync(join(cwd, path, ".."), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return loadSchema({ files: Object.keys(protos), includePaths: [cwd], cwd });
}

function codeOf(schema) {
  return Object.fromEntries(
    generate(schema).flatMap(({ path, content }) => (typeof content === "string" ? [[path, content]] : [])),
  );
}

function starterOf(schema) {
  const [service] = projectServices(schema, () => true);
  return starterHandler(schema, service);
}

function putIntoPage(text) {
  const page = join(root, "docs/changing-a-schema.md");
  const [start, end] = ["<!-- made by bench/merge.mjs -->", "<!-- end -->"];
  const old = readFileSync(page, "utf8");
  writeFileSync(
    page,
    `${old.slice(0, old.indexOf(start) + start.length)}\n\n${text}\n\n${old.slice(old.indexOf(end))}`,
  );
}
