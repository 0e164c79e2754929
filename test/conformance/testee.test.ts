import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { loadSchema } from "../../src/generator/index.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FORMATS = { binary: "PROTOBUF", json: "JSON" } as const;

interface Case {
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly in: "binary" | "json";
  readonly payload: string;
  readonly out: "binary" | "json";
  readonly expect: "value" | "parse_error" | "serialize_error";
}

test("the testee answers the official runner's requests, framed as the runner frames them", {
  timeout: 120_000,
}, async () => {
  const lines = ["proto2", "proto3", "editions"].flatMap((name) =>
    gunzipSync(readFileSync(here(`corpus/${name}.ndjson.gz`)))
      .toString()
      .trim()
      .split("\n"),
  );
  // Its text in invalid UTF-8 has no place in a request that is itself protobuf.
  const cases = lines
    .map((line) => JSON.parse(line) as Case)
    .filter(({ payload, in: given }) => given === "binary" || isText(payload));
  const { request, response } = await protocol();
  const answers = await ask([
    // The runner asks so at the start, and takes an empty set for "none fails by design".
    request({
      protobufPayload: "",
      requestedOutputFormat: "PROTOBUF",
      messageType: "conformance.FailureSet",
    }),
    ...cases.map((one) =>
      request({
        [one.in === "json" ? "jsonPayload" : "protobufPayload"]:
          one.in === "json" ? Buffer.from(one.payload, "base64").toString() : one.payload,
        requestedOutputFormat: FORMATS[one.out],
        messageType: one.type,
        testCategory: one.category,
      }),
    ),
    request({ textPayload: "", requestedOutputFormat: "PROTOBUF", messageType: cases[0]?.type ?? "" }),
  ]);
  const results = answers.map((bytes) => Object.keys(response(bytes))[0]);
  const expected = cases.map((one) =>
    one.expect === "parse_error"
      ? "parseError"
      : one.expect === "serialize_error"
        ? "serializeError"
        : `${one.out === "json" ? "json" : "protobuf"}Payload`,
  );
  expect(results).toEqual(["protobufPayload", ...expected, "skipped"]);
  expect(cases.length).toBeGreaterThan(5500);
});

function isText(base64: string): boolean {
  const bytes = Buffer.from(base64, "base64");
  return Buffer.from(bytes.toString()).equals(bytes);
}

/** The messages of conformance.proto, by protobuf-es. */
async function protocol() {
  const cwd = await mkdtemp(join(tmpdir(), "conformance-"));
  try {
    await mkdir(join(cwd, "conformance"));
    await symlink(here("corpus/conformance.proto"), join(cwd, "conformance/conformance.proto"));
    const { descriptorSet } = await loadSchema({ files: ["conformance/conformance.proto"], cwd });
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
    const requestType = registry.getMessage("conformance.ConformanceRequest");
    const responseType = registry.getMessage("conformance.ConformanceResponse");
    if (requestType === undefined || responseType === undefined) throw new Error("no conformance.proto");
    return {
      request: (json: { [key: string]: JsonValue }) => toBinary(requestType, fromJson(requestType, json)),
      response: (bytes: Uint8Array) => toJson(responseType, fromBinary(responseType, bytes)) as object,
    };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** Writes all requests at once and collects the answers: pipes fill up on both sides. */
async function ask(requests: readonly Uint8Array[]): Promise<Buffer[]> {
  const testee = spawn(here("testee"), { stdio: ["pipe", "pipe", "inherit"] });
  for (const bytes of requests) {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(bytes.length);
    testee.stdin.write(head);
    testee.stdin.write(bytes);
  }
  testee.stdin.end();
  const chunks: Buffer[] = [];
  for await (const chunk of testee.stdout) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const answers: Buffer[] = [];
  for (let p = 0; p < all.length; ) {
    const end = p + 4 + all.readUInt32LE(p);
    answers.push(all.subarray(p + 4, end));
    p = end;
  }
  return answers;
}
