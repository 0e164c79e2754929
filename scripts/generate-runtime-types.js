// Writes src/runtime/protobuf/google and src/runtime/debug/gen with our own emitter, after `npm run build`.
// With --check it only compares and fails on a difference.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSchema } from "../dist/check/index.js";
import { emitScope } from "../dist/emit/emit-schema.js";
import { createScope } from "../dist/emit/scope.js";
import { emitWellKnownTypes, WELL_KNOWN_FILES } from "../dist/emit/well-known-types.js";

const runtime = fileURLToPath(new URL("../src/runtime/", import.meta.url));
const check = process.argv.includes("--check");
let different = 0;

const files = [
  ...emitWellKnownTypes(await loadWellKnown()).map(({ path, content }) => ({
    path: `protobuf/${path}`,
    content,
  })),
  ...(await emitDebug()),
];
for (const { path, content } of files) {
  const file = join(runtime, path);
  const old = await readFile(file, "utf8").catch(() => undefined);
  if (old === content) continue;
  different++;
  console.log(`${check ? "differs" : "wrote"} ${path}`);
  if (check) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
process.exitCode = check && different > 0 ? 1 : 0;

/** The schemas come with the generator; they are read by importing them. */
async function loadWellKnown() {
  const folder = await mkdtemp(join(tmpdir(), "well-known-"));
  try {
    const imports = WELL_KNOWN_FILES.map((path) => `import "${path}";\n`);
    await writeFile(join(folder, "all.proto"), `syntax = "proto3";\n${imports.join("")}`);
    return await loadSchema({ files: ["all.proto"], cwd: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The runtime's own service, with imports inside the runtime. */
async function emitDebug() {
  const schema = await loadSchema({ files: ["debug/gen/debug.proto"], cwd: runtime });
  const modules = {
    protobuf: "/protobuf/index",
    codec: "/protobuf/codec",
    client: "/client/index",
    server: "/server/index",
    context: "/context/index",
    handWrittenJson: () => undefined,
  };
  return emitScope(createScope(schema, modules), {});
}
