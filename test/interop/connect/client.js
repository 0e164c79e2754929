// The client under test of the Connect conformance suite: makes the calls that messages on stdin describe, answers on stdout.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, createTcpTransport, Metadata, MicroError } from "@micro-service/runtime";
import { anyUnpackWith, typeRegistry } from "@micro-service/runtime/protobuf";
import {
  addHeaders,
  ConformanceService,
  client as compat,
  readMessages,
  service,
  toHeaders,
  writeMessage,
} from "./messages.js";

const types = typeRegistry(...Object.values(service).filter((value) => typeof value?.typeName === "string"));
const PROTOCOLS = { 1: "connect", 2: "grpc", 3: "grpc-web" };
const COMPRESSIONS = { 1: "identity", 2: "gzip", 3: "br", 4: "zstd" };
const folder = mkdtempSync(join(tmpdir(), "connect-conformance-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function pemFile(pem) {
  files += 1;
  const path = join(folder, `${files}.pem`);
  writeFileSync(path, pem);
  return path;
}

const transports = new Map();

/** One for all calls to servers with the same certificates. */
async function transportFor({ serverTlsCert, clientTlsCreds }) {
  if (serverTlsCert.length === 0) return createTcpTransport();
  const key = Buffer.concat([serverTlsCert, clientTlsCreds?.cert ?? Buffer.alloc(0)]).toString("base64");
  if (!transports.has(key)) {
    const { createTlsTransport } = await import("../../../src/runtime/dist/transport/tls/index.js");
    const own =
      clientTlsCreds === undefined
        ? {}
        : { certFile: pemFile(clientTlsCreds.cert), keyFile: pemFile(clientTlsCreds.key) };
    transports.set(key, createTlsTransport({ client: { caFile: pemFile(serverTlsCert), ...own } }));
  }
  return transports.get(key);
}

/** Makes a call and tells how it went. */
async function call(request) {
  const method = Object.values(ConformanceService.methods).find(({ name }) => name === request.method);
  const client = createClient({
    transport: await transportFor(request),
    httpVersion: request.httpVersion === 1 ? "1.1" : "2",
    protocol: PROTOCOLS[request.protocol],
    contentType: request.codec === 2 ? "application/json" : "application/protobuf",
    compression: COMPRESSIONS[request.compression],
    maxMessageBytes: request.messageReceiveLimit === 0 ? undefined : request.messageReceiveLimit,
    compressMinBytes: 0,
    retries: 0,
    types,
    // Ours always have a deadline; the suite wants calls without.
    interceptors:
      request.timeoutMs === undefined ? [(next) => (asked) => next({ ...asked, deadline: undefined })] : [],
  });
  const result = {
    responseHeaders: [],
    payloads: [],
    error: undefined,
    responseTrailers: [],
    numUnsentRequests: request.requestMessages.length,
  };
  const controller = new AbortController();
  const options = {
    address: `${request.host}:${request.port}`,
    protocol: PROTOCOLS[request.protocol],
    metadata: addHeaders(new Metadata(), request.requestHeaders),
    signal: controller.signal,
    useGet: request.useGetHttpMethod,
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    onHeader(header) {
      result.responseHeaders = toHeaders(header);
    },
    onTrailer(trailer) {
      result.responseTrailers = toHeaders(trailer);
    },
  };
  const timing = request.cancel?.cancelTiming;
  const messages = request.requestMessages.map((any) => anyUnpackWith(any, types).message);
  const closeSent = () => {
    if (timing?.case === "afterCloseSendMs") setTimeout(() => controller.abort(), timing.value);
  };
  const received = ({ payload }) => {
    result.payloads.push(payload ?? {});
    if (timing?.case === "afterNumResponses" && result.payloads.length >= timing.value) controller.abort();
  };
  let heard = () => {};

  async function* requests() {
    for (const message of messages) {
      if (request.requestDelayMs > 0) await sleep(request.requestDelayMs);
      const before = result.payloads.length;
      result.numUnsentRequests -= 1;
      yield message;
      if (request.streamType === 5) {
        while (result.payloads.length === before) {
          await new Promise((resolve) => {
            heard = resolve;
          });
        }
      }
    }
    if (timing?.case === "beforeCloseSend") {
      controller.abort();
      await new Promise(() => {});
    }
    closeSent();
  }

  async function listen(responses) {
    if (timing?.case === "afterNumResponses" && timing.value === 0) controller.abort();
    for await (const response of responses) {
      received(response);
      heard();
    }
  }

  const single = async () => {
    if (request.requestDelayMs > 0) await sleep(request.requestDelayMs);
    result.numUnsentRequests = 0;
    closeSent();
    return messages[0];
  };

  try {
    const { name } = request;
    if (method.kind === "unary") received(await client.unary(name, method, await single(), options));
    else if (method.kind === "clientStream")
      received(await client.clientStream(name, method, requests(), options));
    else if (method.kind === "serverStream") {
      await listen(client.serverStream(name, method, await single(), options));
    } else await listen(client.bidiStream(name, method, requests(), options));
  } catch (reason) {
    const error = MicroError.from(reason, "conformance");
    if (error.cause !== undefined && error.code === 500 && process.env.DEBUG) console.error(error);
    result.error = {
      code: error.grpc,
      message: error.detail,
      details: error.details.map(({ type, value }) => ({ typeUrl: `type.googleapis.com/${type}`, value })),
    };
  } finally {
    await client.close();
  }
  return result;
}

/** The runner sends all at once; deadlines of tests are for machines that are not that busy. */
const AT_ONCE = 8;
const running = new Set();
for await (const request of readMessages(process.stdin, compat.ClientCompatRequest)) {
  const { testName } = request;
  const work = call(request)
    .then(
      (value) => ({ case: "response", value }),
      (error) => ({ case: "error", value: { message: String(error.stack) } }),
    )
    .then((result) => writeMessage(process.stdout, compat.ClientCompatResponse, { testName, result }))
    .finally(() => running.delete(work));
  running.add(work);
  if (running.size >= AT_ONCE) await Promise.race(running);
}
await Promise.all(running);
process.exit(0);
