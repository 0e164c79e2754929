// Answers protobuf's conformance_test_runner with generated code. Each message on stdin and stdout has its length in
// front, 4 bytes little-endian: a ConformanceRequest comes in, a ConformanceResponse goes out. Needs a build.
import { readSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadGeneratedTypes } from "./generated-types.js";

const { types, registry } = await loadGeneratedTypes(fileURLToPath(new URL("corpus", import.meta.url)));
const ConformanceRequest = types.get("conformance.ConformanceRequest");
const ConformanceResponse = types.get("conformance.ConformanceResponse");
// Numbers of the enums in conformance.proto.
const PROTOBUF = 1;
const JSON_TEXT = 2;
const IGNORE_UNKNOWN = 3;

for (let length = read(4); length !== undefined; length = read(4)) {
  const request = ConformanceRequest.decode(read(length.readUInt32LE()));
  const response = ConformanceResponse.encode({ result: answer(request) });
  const head = Buffer.alloc(4);
  head.writeUInt32LE(response.length);
  write(Buffer.concat([head, response]));
}

/** The `result` of a response. */
function answer({ payload, messageType, requestedOutputFormat, testCategory }) {
  const type = types.get(messageType);
  if (type === undefined) return { case: "skipped", value: `no message type ${messageType}` };
  if (payload?.case !== "protobufPayload" && payload?.case !== "jsonPayload")
    return { case: "skipped", value: "neither protobuf nor JSON comes in" };
  if (requestedOutputFormat !== PROTOBUF && requestedOutputFormat !== JSON_TEXT)
    return { case: "skipped", value: "neither protobuf nor JSON is asked for" };
  let message;
  try {
    const options = { types: registry, ignoreUnknownFields: testCategory === IGNORE_UNKNOWN };
    message =
      payload.case === "jsonPayload"
        ? type.fromJsonString(payload.value, options)
        : type.decode(payload.value);
  } catch (error) {
    return { case: "parseError", value: String(error) };
  }
  try {
    return requestedOutputFormat === PROTOBUF
      ? { case: "protobufPayload", value: type.encode(message) }
      : { case: "jsonPayload", value: type.toJsonString(message, { types: registry }) };
  } catch (error) {
    return { case: "serializeError", value: String(error) };
  }
}

/** Exactly that many bytes of stdin; undefined at its end. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length; ) {
    const got = attempt(() => readSync(0, bytes, have, length - have, null));
    if (got === 0) {
      if (have > 0) throw new Error("stdin ended within a message");
      return undefined;
    }
    have += got;
  }
  return bytes;
}

function write(bytes) {
  for (let done = 0; done < bytes.length; ) done += attempt(() => writeSync(1, bytes, done));
}

/** Pipes may be non-blocking, and then say EAGAIN instead of waiting. */
function attempt(operation) {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (error.code === "EOF") return 0;
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
