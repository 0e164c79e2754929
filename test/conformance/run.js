// Runs protobuf's conformance suite, recorded as data, against code that we generate from its schemas.
//
//   node test/conformance/run.js [--verbose] [--browser] [--only=<part of a name>] [folder]
//
// The folder (default: corpus/) holds *.ndjson.gz and the test_messages_*.proto they speak of.
// --browser: as a bundle for browsers has it. Needs a build. Exits with 1 when a test fails.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { createFileRegistry, equals, fromBinary, fromJsonString, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadGeneratedTypes } from "./generated-types.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: "boolean", default: false },
    browser: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});
const folder = positionals[0] ?? fileURLToPath(new URL("corpus", import.meta.url));
const { types, registry, descriptorSet } = await loadGeneratedTypes(
  folder,
  values.browser ? "browser" : "node",
);
const oracle = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));

const counts = {};
for (const file of ["proto3", "proto2", "editions"]) {
  const path = join(folder, `${file}.ndjson.gz`);
  if (!existsSync(path)) continue;
  const lines = gunzipSync(readFileSync(path)).toString().trim().split("\n");
  for (const test of lines.map((line) => JSON.parse(line))) {
    if (!test.name.includes(values.only)) continue;
    const key = `${file} ${test.level}`;
    counts[key] ??= { passed: 0, failed: 0, skipped: 0 };
    const count = counts[key];
    const type = types.get(test.type);
    if (type === undefined) {
      count.skipped++;
      continue;
    }
    const problem = judge(test, type);
    if (problem === undefined) count.passed++;
    else {
      count.failed++;
      if (values.verbose) console.log(`${test.name}: ${problem}`);
    }
  }
}
console.table(counts);
process.exitCode = Object.values(counts).some((count) => count.failed > 0) ? 1 : 0;

/** Undefined when the test passes, else what went wrong. */
function judge(test, type) {
  const payload = Buffer.from(test.payload, "base64");
  let message;
  let output;
  try {
    const options = {
      types: registry,
      ignoreUnknownFields: test.category === "JSON_IGNORE_UNKNOWN_PARSING_TEST",
    };
    message = test.in === "json" ? type.fromJsonString(decodeText(payload), options) : type.decode(payload);
  } catch (error) {
    return verdict(test, "parse_error", error);
  }
  try {
    output =
      test.out === "json"
        ? Buffer.from(type.toJsonString(message, { types: registry }))
        : type.encode(message);
  } catch (error) {
    return verdict(test, "serialize_error", error);
  }
  if (test.expect !== "value") return `expected a ${test.expect}, got ${Buffer.from(output).toString("hex")}`;
  const answer = Buffer.from(test.answer, "base64");
  if (answer.equals(output)) return undefined;
  const shown = test.out === "json" ? String(output) : Buffer.from(output).toString("hex");
  const wanted = test.out === "json" ? String(answer) : answer.toString("hex");
  const difference = `got ${shown.slice(0, 200)}, expected ${wanted.slice(0, 200)}`;
  if (test.judge === "bytes") return difference;
  if (test.out === "json" && isDeepStrictEqual(JSON.parse(String(output)), JSON.parse(String(answer))))
    return undefined;
  if (test.judge === "json-shape") return difference;
  const descriptor = oracle.getMessage(test.type);
  // The oracle does not round floats that it reads from JSON; going through bytes does.
  const read = (bytes) =>
    fromBinary(
      descriptor,
      test.out === "json"
        ? toBinary(descriptor, fromJsonString(descriptor, String(bytes), { registry: oracle }))
        : bytes,
    );
  try {
    return equals(descriptor, read(output), read(answer), { unknown: true, registry: oracle })
      ? undefined
      : difference;
  } catch (error) {
    return `${difference}: ${error.message}`;
  }
}

function decodeText(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function verdict(test, outcome, error) {
  if (test.expect === outcome) return undefined;
  return `${outcome}: ${error.stack?.split("\n").slice(0, 3).join(" | ")}`;
}
