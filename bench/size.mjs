// How much code a bundle for a browser or for Node gets with one message: esbuild, minified, from the built runtime.
//   node bench/size.mjs [--details]
// Needs `npm run build` at the root. With --details also how many bytes come from which module.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { generated, prepare } from "./codec/prepare.mjs";

const { values } = parseArgs({ options: { details: { type: "boolean", default: false } } });
const runtime = dirname(fileURLToPath(import.meta.resolve("@micro-service/runtime/package.json")));
if (JSON.parse(readFileSync(join(runtime, "package.json"), "utf8")).sideEffects !== false)
  throw new Error("the runtime no longer tells bundlers that its modules have no side effects");

await prepare();
const rows = [];
for (const [message, platform] of ["Tiny", "Medium"].flatMap((name) => [
  [name, "browser"],
  [name, "node"],
])) {
  const { outputFiles, metafile } = await build({
    stdin: {
      // Uses the type as a program would, so that no part of it can be dropped.
      contents: `import { ${message} } from "./shapes.js"; export default ${message};`,
      resolveDir: join(generated, "ours"),
    },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    metafile: true,
    write: false,
  });
  const code = outputFiles[0].contents;
  rows.push({ message, platform, minified: code.length, gzip: gzipSync(code, { level: 9 }).length });
  if (values.details) {
    const { inputs } = Object.values(metafile.outputs)[0];
    console.log(message, platform);
    console.table(
      Object.entries(inputs)
        .map(([path, { bytesInOutput }]) => ({
          module: path.replace(/^.*\/(dist|ours)\//, ""),
          bytes: bytesInOutput,
        }))
        .filter(({ bytes }) => bytes > 0)
        .sort((a, b) => b.bytes - a.bytes),
    );
  }
}
console.table(rows);
